// Each operation is rounded by itself: clang would make one of a product and a sum where the processor can, and numbers
// would depend on the processor. GCC is told so where loops are wide.
#pragma once

#if defined(__clang__)
#pragma clang fp contract(off)
#endif
