// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>

namespace oakum::kernel_build {

// data/linux-6.1.tsv.zst, made by tools/make_kernel_map.py.
base::ByteView packed_map();

} // namespace oakum::kernel_build
