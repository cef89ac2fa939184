// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::agent::test {

// A disk below one folder, between the agent and the kernel: the C library's calls that change something are
// taken here (the linker gives this program's definitions precedence, also for the C++ library). Each is
// carried out, written down as one act, and can be made to fail. From the acts every state can be made that
// the folder may have after the power went: what was not synced is there, missing, torn or in another order.
// The model is the weakest that POSIX allows: syncing a file does not make its name durable, syncing a folder
// not the contents of its files, and of what is pending any part may have arrived.

struct Act {
    enum class Kind : std::uint8_t {
        make_file,
        make_folder,
        write,
        truncate,
        rename,
        remove,
        sync_file,
        sync_folder,
        outside, // something happened that is no act of this disk: the server learned something
    };
    Kind kind;
    int node = -1;   // whose content changes, or which is synced
    int folder = -1; // whose names change
    std::string name, target;
    std::uint64_t offset = 0;
    std::string bytes;
};

// Names of files (with their content) and of folders, relative to the folder.
struct Tree {
    std::map<std::string, std::string> files;
    std::vector<std::string> folders;
    static Tree read(const std::filesystem::path& root);
    void write(const std::filesystem::path& root) const;
};

// What becomes of what is pending when the power goes.
enum class Loss : std::uint8_t {
    all,      // only what was synced is there
    nothing,  // all is there
    contents, // names are there, the bytes behind them are zeros
    names,    // bytes are there, changed names are not
    torn,     // of each file's last write half of the sectors, then noise
    some,     // any part, in any order, by chance
};
inline constexpr int kLosses = 6;

struct Chance {
    std::uint64_t state;
    std::uint64_t next();
    std::uint64_t below(std::uint64_t limit) { return next() % limit; }
};

// The tree after the first `count` acts upon `before`.
Tree after_cut(const Tree& before, const std::vector<Act>& acts, std::size_t count, Loss loss,
               Chance& chance);

struct Fault {
    enum class Kind : std::uint8_t { none, cut, error, short_write, no_memory } kind = Kind::none;
    std::uint64_t at = 0;     // the act (or the allocation) that it hits, from 1 on
    std::uint64_t length = 1; // for how many acts (or allocations) it lasts
    int code = 0;             // of errors: ENOSPC, EIO
};

// While it lives, the folder is on this disk. One at a time, one thread.
class FaultyDisk {
  public:
    explicit FaultyDisk(std::filesystem::path root, Fault fault = {});
    ~FaultyDisk();
    FaultyDisk(const FaultyDisk&) = delete;
    FaultyDisk& operator=(const FaultyDisk&) = delete;

    // The power is gone: nothing that is done now is done.
    bool dead() const { return dead_; }
    // The fault happened.
    bool hit() const { return hit_; }
    // The fault lies in the past.
    bool healed() const;
    void happened_outside();
    const std::vector<Act>& acts() const { return acts_; }
    const Tree& before() const { return before_; }
    std::uint64_t allocations() const { return allocations_; }

    // For the calls below only.
    struct Verdict {
        int code = 0; // to fail with
        bool half = false;
    };
    Verdict admit(Act::Kind kind);
    void note(Act act);
    std::optional<std::string> inside(std::string_view path) const;
    int node_of(const std::string& name) const;
    int parent_of(const std::string& name) const;
    bool allocate();

    std::map<int, std::string> open; // descriptors of files and folders on this disk
    std::map<int, int> node_of_open;
    std::map<std::string, int> nodes; // by name, as a process sees it
    int next_node = 0;

  private:
    std::string root_;
    Tree before_;
    Fault fault_;
    std::vector<Act> acts_;
    std::uint64_t count_ = 0, allocations_ = 0;
    bool dead_ = false, hit_ = false;
};

// The one that lives, for the calls that are taken from the C library.
extern FaultyDisk* mounted;

} // namespace oakum::agent::test
