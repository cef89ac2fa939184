// SPDX-License-Identifier: Apache-2.0
#include <base/result.hpp>

oakum::base::Status store();

void caller() {
#ifdef FIXED
    if (!store().ok()) std::abort();
#else
    store();
#endif
}
