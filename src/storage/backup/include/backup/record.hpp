// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <base/time.hpp>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::backup {

// What became of one backup. Its times are of the server's clock.
struct Attempt {
    std::string file; // its name in the folder of backups
    base::TimePoint began{};
    std::optional<base::TimePoint> ended;    // none: it is under way
    std::optional<base::TimePoint> verified; // when it was last read back whole and found sound
    std::uint64_t bytes = 0, devices = 0;
    bool with_files = true;
    std::string failure; // why it was not made, or is not sound; empty: none
    std::string remark;  // what is worth knowing of one that is sound
    bool operator==(const Attempt&) const = default;
};

// Of the server's own backups, which it removes again; a person's name never begins so.
inline constexpr std::string_view kOwnPrefix = "auto-";
// Of those made before a store is migrated; the schema that it had follows.
inline constexpr std::string_view kUpgradePrefix = "before-upgrade-";
inline bool is_own(const Attempt& attempt) {
    return attempt.file.starts_with(kOwnPrefix);
}
// "auto-20261126T033000Z.oakum"
std::string own_name(base::TimePoint at);

// What became of the backups in a folder, newest first; a value. It lies beside them, so that it says of them
// what a store that was restored cannot know.
class Record {
  public:
    static constexpr std::size_t kMost = 500;
    static constexpr std::size_t kLongest = 1 << 20; // of its text
    static constexpr const char* kFile = ".record.json";

    // Errors: corrupt.
    static base::Result<Record> parse(std::string_view text);
    std::string text() const;

    const std::vector<Attempt>& attempts() const { return attempts_; }
    const Attempt* find(std::string_view file) const;
    // The one of that name, made when it is not there.
    Attempt& at(std::string_view file, base::TimePoint began);
    void forget(std::string_view file);
    // What was under way when the server ended has failed; what somebody removed is no backup any more; what
    // somebody brought is one that nobody has looked at. `files`: name and size of what is there.
    struct File {
        std::string name;
        std::uint64_t bytes = 0;
        base::TimePoint written{};
    };
    void settle(const std::vector<File>& files, base::TimePoint now);

    // Of the newest that was verified and is sound.
    const Attempt* newest_verified() const;
    // Of the newest that ended, when it failed.
    const Attempt* newest_failed() const;
    bool operator==(const Record&) const = default;

  private:
    void sort();
    std::vector<Attempt> attempts_;
};

} // namespace oakum::backup
