// What is used of Eigen, as a header of the system: its warnings are not ours.
#pragma once
#pragma GCC system_header

#include <Eigen/Core>
#include <unsupported/Eigen/FFT>
