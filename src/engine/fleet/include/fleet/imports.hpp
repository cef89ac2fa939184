// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/core.hpp>

#include <base/log.hpp>
#include <device_lists/file.hpp>

#include <string>
#include <vector>

namespace oakum::fleet {

enum class DryRun : bool { no, yes };

struct ImportWish {
    std::string name; // of the file
    std::string text; // its bytes
    device_lists::Told told;
    device_lists::Persons persons = device_lists::Persons::left_out;
    device_lists::Dates dates = device_lists::Dates::by_the_file;
    GroupId group;                  // that new devices join; zero: none
    std::size_t most_refused = 100; // lines that are named in the report; all are counted
    DryRun dry_run = DryRun::no;
    // Who asks is answered by then, with what was done so far; it goes on.
    base::Duration answer_within = std::chrono::seconds(20);
};

struct ImportReport {
    enum class Outcome : std::uint8_t { created, changed, unchanged, refused };
    struct Value {
        std::string key, before, after; // empty: none
    };
    struct Row {
        std::uint64_t line = 0;
        Outcome outcome = Outcome::refused;
        std::optional<DeviceId> device; // nothing: refused, or new and nothing was done yet
        std::string by;                 // "serial A1": how the device was found
        std::string reason;             // of a refusal
        std::vector<Value> changes;
    };
    ports::EditId id;     // zero: nothing was done
    bool running = false; // it goes on after this answer, and its record tells how
    device_lists::Form form = device_lists::Form::table;
    device_lists::Layout layout;
    std::vector<std::string> notes; // sentences
    std::uint64_t created = 0, changed = 0, unchanged = 0, refused = 0;
    std::uint64_t kept = 0;    // values that were not taken: the device itself or a person says otherwise
    std::uint64_t doubles = 0; // unmanaged devices that turned out to be managed ones, and were retired
    std::vector<Row> sample;   // some of each outcome but refused
    std::vector<Row> refusals;
};

// Files of devices become devices: previewed and done by the same steps, window by window, so that a large
// file neither fills the queue nor the memory beyond its bytes. Reading happens on `background`, deciding and
// committing on the writer's executor. What was done is an edit that can be undone (Edits).
class Imports {
  public:
    // Devices in one window: what others wait for behind an import is two commits.
    static constexpr std::size_t kWindow = 256;
    static constexpr std::size_t kSampled = 20;
    static constexpr base::Duration kProgressEvery = std::chrono::seconds(1); // in its record

    Imports(Core& core, ports::Executor& background) : core_(core), background_(background) {}

    // Lines that cannot be taken are in the report; they never stop others. Errors: denied, invalid (the file
    // as a whole), not_found (the group), too_large, unavailable.
    void run(access::Actor actor, ImportWish wish, shard::Completion<ImportReport> done);

  private:
    struct Run;

    Core& core_;
    ports::Executor& background_;
};

} // namespace oakum::fleet
