// SPDX-License-Identifier: Apache-2.0
#include <chrono>

long impure_sample() {
    return std::chrono::system_clock::now().time_since_epoch().count();
}
