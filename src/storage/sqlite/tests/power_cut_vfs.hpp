// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace oakum::sqlite {

// A disk whose power can be cut: a layer over SQLite's default files that keeps what was written since the
// last sync in memory. At the cut each such write is dropped, kept, or kept in part (sectors of 512 bytes),
// in any combination that the seed gives, so that later writes may have reached the disk and earlier ones
// not. Locks and shared memory are the default's. One at a time; used by one thread.
class PowerCutDisk {
  public:
    explicit PowerCutDisk(std::uint64_t seed);
    ~PowerCutDisk();
    PowerCutDisk(const PowerCutDisk&) = delete;
    PowerCutDisk& operator=(const PowerCutDisk&) = delete;

    // For StoreOptions::vfs.
    static const char* name();
    // The power goes in the middle of the n-th write or sync from now; from then on every call fails.
    void cut_after(std::uint64_t operations);
    bool is_cut() const;
    std::uint64_t operations() const;
    // After every connection was closed: what the disk holds when the power comes back, in the real files.
    void power_on();
    std::uint64_t dropped_writes() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace oakum::sqlite
