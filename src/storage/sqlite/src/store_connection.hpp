// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"

#include <sqlite/options.hpp>

namespace oakum::sqlite {

inline ConnectionOptions writer_options(const StoreOptions& options) {
    return {options.file,        options.vfs,         Access::write, options.synchronous == Synchronous::full,
            options.cache_bytes, options.busy_timeout};
}
inline ConnectionOptions reader_options(const StoreOptions& options) {
    return {options.file, options.vfs, Access::read, true, options.cache_bytes / 8, options.busy_timeout};
}

} // namespace oakum::sqlite
