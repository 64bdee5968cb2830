// Eigen, as a header of the system: the compiler's warnings about its code are not for those who include it.
#pragma once
#pragma GCC system_header

#include <RcppEigen.h>
