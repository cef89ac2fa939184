// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <api/devices_service.hpp>
#include <api/refs.hpp>
#include <base/time.hpp>
#include <ports/rows.hpp>

#include <map>

namespace oakum::api {

enum class BulkAction : std::uint8_t { set, move, hold, release, retire, re_enrol };
// As in the body: "re-enrol".
std::string_view to_string(BulkAction action);

struct BulkRequest {
    std::optional<std::string> query;      // nothing: the devices are named
    Those those;                           // of the query
    std::vector<device::DeviceId> devices; // 1 to 10,000
    BulkAction action = BulkAction::hold;
    std::map<std::string, std::optional<std::string>> facts; // set; nothing: take back what a person stated
    std::optional<device::GroupId> group;                    // move; nothing: out of the group
};
struct BulkApply : BulkRequest {
    std::string stamp, why;
};
struct BulkPreview {
    struct LeftOut {
        std::string reason;
        std::uint64_t count = 0;
        std::vector<DeviceRef> sample; // at most 3
    };
    std::uint64_t matched = 0, unknown = 0, changes = 0;
    std::vector<DeviceRef> sample; // at most 10
    std::vector<LeftOut> left_out;
    std::vector<std::string> lasting;
    std::string sentence, stamp;
};

// One device takes the place of another.
struct ReplacementPreview {
    struct Change { // of the new device
        std::string key;
        std::optional<std::string> before, after;
    };
    struct Decision { // that hangs on the old device
        ports::ExceptionId id;
        std::string sentence, note;
        bool passes = false;
    };
    DeviceRef old, fresh;
    std::vector<Change> changes;
    std::vector<Decision> decisions;
    std::vector<std::string> notes;
    std::string sentence, stamp;
};

struct Edit {
    ports::EditId id;
    std::string kind = "bulk", name; // "import", "bulk", "replacement"
    std::optional<std::string> query;
    std::string why, state = "running", actor;
    base::TimePoint at{};
    std::optional<base::TimePoint> ended, undone;
    std::optional<std::string> undone_by;
    std::uint64_t total = 0, created = 0, changed = 0, unchanged = 0, refused = 0;
    std::uint64_t put_back = 0, left_alone = 0;
    std::vector<std::string> reasons, left;
    std::optional<std::string> why_not; // it cannot be undone
    std::string sentence;
};
struct EditedDevice {
    struct Change {
        std::string key;
        std::optional<std::string> before, after;
    };
    DeviceRef device;
    std::optional<std::uint64_t> line;
    bool created = false, undone = false;
    std::vector<Change> changes;
    std::string sentence; // "owner: line 3 -> line 4"
};

// Changes of many devices: looked at, done, listed and undone. Whoever is bound to some groups sees his own
// edits only. Errors: conflict (other devices than the preview showed; it cannot be undone).
class EditsService {
  public:
    virtual ~EditsService() = default;
    virtual void preview(const access::Actor& actor, BulkRequest request, Answer<BulkPreview> answer) = 0;
    virtual void apply(const access::Actor& actor, BulkApply request, Answer<Edit> answer) = 0;
    virtual void preview_replacement(const access::Actor& actor, device::DeviceId old, device::DeviceId fresh,
                                     Answer<ReplacementPreview> answer) = 0;
    virtual void replace(const access::Actor& actor, device::DeviceId old, device::DeviceId fresh,
                         std::string stamp, std::string why, Answer<Edit> answer) = 0;
    // An empty kind: all.
    virtual void list(const access::Actor& actor, std::string kind, PageRequest page,
                      Answer<Page<Edit>> answer) = 0;
    virtual void get(const access::Actor& actor, ports::EditId id, Answer<Edit> answer) = 0;
    virtual void devices(const access::Actor& actor, ports::EditId id, PageRequest page,
                         Answer<Page<EditedDevice>> answer) = 0;
    virtual void undo(const access::Actor& actor, ports::EditId id, std::string why, Answer<Edit> answer) = 0;
    virtual void cancel(const access::Actor& actor, ports::EditId id, std::string why,
                        Answer<Edit> answer) = 0;
};

} // namespace oakum::api
