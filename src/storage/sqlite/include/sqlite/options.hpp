// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>

#include <cstddef>
#include <filesystem>
#include <string>

namespace oakum::sqlite {

// `off` may lose and tear what was acknowledged when the power goes. It is there for the test that proves
// that the power-cut test notices, and for files that can be made again.
enum class Synchronous { full, off };

struct StoreOptions {
    std::filesystem::path file;         // DIR/oakum.db; -wal and -shm stand beside it
    std::size_t cache_bytes = 64 << 20; // of the writer; each reader has an eighth
    std::size_t readers = 4;            // connections that answer history at the same time
    base::Duration busy_timeout = std::chrono::seconds(10); // how long to wait for another process
    std::size_t checkpoint_pages = 4096;                    // of the log, before they are moved into the file
    Synchronous synchronous = Synchronous::full;
    std::string vfs; // SQLite's file layer; empty: the default
};

} // namespace oakum::sqlite
