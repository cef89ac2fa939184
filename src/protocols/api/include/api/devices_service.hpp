// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <api/refs.hpp>
#include <api/rollouts_service.hpp>
#include <base/time.hpp>
#include <device/facts.hpp>
#include <explain/explanation.hpp>
#include <ports/rows.hpp>

#include <map>

namespace oakum::api {

struct DeviceSummary {
    struct InDeployment {
        rollout::DeploymentId id;
        install::State state = install::State::offered;
        ReleaseRef release;
    };
    device::DeviceId id;
    std::string name;
    std::optional<std::string> serial, kind, manufacturer, model, platform, firmware_version, os_version,
        patch_level, site, zone, owner, criticality, exposure;
    std::optional<GroupRef> group;
    device::Lifecycle lifecycle = device::Lifecycle::pending;
    std::optional<base::TimePoint> last_seen;
    std::optional<double> risk; // nothing: cannot tell
    std::uint64_t findings_open = 0, exploited_open = 0, cannot_tell = 0;
    bool assessed = false;
    std::optional<InDeployment> deployment;
    bool hold = false, revoked = false, clone_suspected = false;
    std::optional<std::map<std::string, std::string>> asked; // of a list: the facts that were asked for
};

struct Device : DeviceSummary {
    struct Fact {
        std::string key, value;
        device::FactSource source = device::FactSource::assumed;
        std::optional<base::TimePoint> at;
        bool assumed = false;
        std::optional<GroupRef> inherited_from;
        std::optional<std::string> detail;
        bool editable = false;
    };
    struct Capability {
        std::string name;
        std::optional<bool> available;
        std::string reason;
    };
    struct Desired {
        std::uint64_t number = 0;
        ReleaseRef release;
        std::optional<RolloutRef> rollout;
    };
    struct Certificate {
        std::string serial;
        std::optional<base::TimePoint> expires;
    };
    std::string sentence;
    std::vector<Fact> facts;
    std::vector<Capability> capabilities;
    SeverityCounts findings_by_severity;
    base::TimePoint first_seen{};
    std::optional<base::TimePoint> last_inventory;
    std::optional<std::string> running_version;
    std::optional<Desired> desired;
    std::optional<Certificate> certificate;
    std::uint64_t row_version = 0; // for the ETag
};

struct DevicePage : Page<DeviceSummary> {
    std::uint64_t unknown = 0;
};

enum class DeviceSort : std::uint8_t { risk, name, last_seen, model, site, firmware_version };
enum class Order : std::uint8_t {
    natural,
    reversed
}; // natural: risk and last_seen highest first, text ascending

struct DevicePatch {
    std::map<std::string, std::optional<std::string>> facts; // nothing: take back what a person stated
    std::optional<std::optional<device::GroupId>> group;     // the inner nothing: no group
    std::string why;
};

enum class DeviceAction : std::uint8_t { accept, hold, release, retire, revoke, update_now, clear_clone };
// As in the path: "update-now".
std::string_view to_string(DeviceAction action);

struct DeviceActionResult {
    Device device;
    std::string sentence;
};

struct Finding {
    enum class State : std::uint8_t { open, mitigated, accepted, closed, none, not_affected, suppressed };
    AdvisoryRef advisory;
    std::optional<double> cvss, epss;
    component::Component component;
    ports::Verdict verdict = ports::Verdict::unknown;
    State state = State::none;
    std::string reason;
    base::TimePoint first_seen{};
    std::optional<base::TimePoint> closed, disclosed;
    std::optional<std::string> fixed_in;
    std::optional<ReleaseRef> fix;
    std::optional<ports::ExceptionId> exception; // by which it is in that state
    std::optional<std::string> decision;         // who decided that, until when, why
};
std::string_view to_string(Finding::State state);
// What of a query's devices no query can name: those of which it cannot be told, those that report no
// software, those of whose software nothing or only some could be assessed, those with software of which
// nothing is known to be open and something cannot be told, those of which an update ends something
// exploited, those that are exposed and that no update helps, steps of the way from affected to verified, and
// those that a row of the queue of fixes counts.
enum class Part : std::uint8_t {
    all,
    unknown,
    no_software,
    unsupported,
    fixable,
    affected,
    fix_exists,
    in_rollout,
    unclear,
    without_fix,
    not_assessed,
    partly_assessed,
    of_fix
};
struct Those {
    Part part = Part::all;
    std::string fix; // of Part::of_fix: the id of the row
};
enum class FindingFilter : std::uint8_t { open, closed, all, unknown };

struct Software {
    struct Layer {
        ports::Layer layer = ports::Layer::base;
        device::SetId set;
        std::string origin;
        std::vector<component::Component> components;
        std::uint64_t total = 0; // of its components, also those that were not asked for
        std::optional<base::TimePoint> since;
    };
    std::vector<Layer> layers;
    bool known = false;
};
struct SoftwareQuery {
    std::optional<base::TimePoint> as_of; // what ran then
    std::string name;                     // with this in their names, in any case of letters; empty: all
    std::uint64_t most = 0;               // components of each layer; zero: all
};

struct DeviceEvent {
    base::TimePoint at{};
    std::string kind, subject, before, after, detail;
};

using explain::Explanation;

struct DeviceImport {
    enum class Dates : std::uint8_t { by_the_file, day_first, month_first };
    std::string text; // of the file
    std::string name;
    bool dry_run = false;
    std::optional<device::GroupId> group;       // that new devices join
    std::map<std::string, std::string> columns; // by hand: head -> fact; an empty one leaves the column out
    bool with_persons = false;
    Dates dates = Dates::by_the_file;
    bool every_refusal = false;      // else the first 100
    std::uint32_t wait_seconds = 20; // then it is answered with what was done so far
};
struct DeviceImportResult {
    enum class Outcome : std::uint8_t { created, changed, unchanged, refused };
    enum class How : std::uint8_t { named, guessed, remembered, told, left_out };
    struct Mapping {
        std::string column;
        std::optional<std::string> fact;
        How how = How::left_out;
        bool person = false;
    };
    struct Change {
        std::string key;
        std::optional<std::string> before, after;
    };
    struct Row {
        std::uint64_t line = 0;
        Outcome outcome = Outcome::refused;
        std::optional<device::DeviceId> device;
        std::optional<std::string> by, reason;
        std::vector<Change> changes;
    };
    bool dry_run = false, running = false;
    std::optional<ports::EditId> edit; // nothing: nothing was done
    std::string form = "table";
    std::optional<std::string> system;
    std::vector<Mapping> mapping;
    std::vector<std::string> notes;
    std::uint64_t lines = 0, created = 0, changed = 0, unchanged = 0, refused = 0, kept = 0, doubles = 0;
    std::vector<Row> rows; // some of each outcome, then what was refused
    std::uint64_t rows_left_out = 0;
};
// "new" for created.
std::string_view to_string(DeviceImportResult::Outcome outcome);
std::string_view to_string(DeviceImportResult::How how);

struct Facets {
    struct Value {
        std::optional<std::string> value;
        std::uint64_t count = 0;
    };
    struct Facet {
        std::string key;
        std::vector<Value> values;
        bool more = false;
    };
    std::uint64_t total = 0;
    std::vector<Facet> facets;
};

struct QueryPreview {
    struct Mistake {
        std::string message;
        std::uint64_t column = 1;
    };
    std::uint64_t count = 0, unknown = 0;
    std::vector<DeviceRef> sample; // at most 10
    std::optional<Mistake> error;
};

// What people do with devices, joined with what assessment knows of them. A device outside the actor's scope
// is not_found. Errors of queries: invalid, with the column.
class DevicesService {
  public:
    virtual ~DevicesService() = default;
    // Errors also: not_found (no such row in the queue of fixes).
    // `facts`: keys of facts that are told of each.
    virtual void list(const access::Actor& actor, std::string query, Those those,
                      std::vector<std::string> facts, DeviceSort sort, Order order, PageRequest page,
                      Answer<DevicePage> answer) = 0;
    virtual void facets(const access::Actor& actor, std::string query, std::vector<std::string> keys,
                        Answer<Facets> answer) = 0;
    virtual void preview(const access::Actor& actor, std::string query, Answer<QueryPreview> answer) = 0;
    virtual void import(const access::Actor& actor, DeviceImport import,
                        Answer<DeviceImportResult> answer) = 0;
    virtual void get(const access::Actor& actor, device::DeviceId id, Answer<Device> answer) = 0;
    virtual void patch(const access::Actor& actor, device::DeviceId id, DevicePatch patch,
                       Answer<Device> answer) = 0;
    virtual void act(const access::Actor& actor, device::DeviceId id, DeviceAction action, std::string why,
                     Answer<DeviceActionResult> answer) = 0;
    virtual void findings(const access::Actor& actor, device::DeviceId id, FindingFilter filter,
                          PageRequest page, Answer<Page<Finding>> answer) = 0;
    // As of a moment that is past. Errors: invalid (it is to come, or before the data of the device begins).
    virtual void past_findings(const access::Actor& actor, device::DeviceId id, FindingFilter filter,
                               base::TimePoint as_of, PageRequest page, Answer<Page<Finding>> answer) = 0;
    // Errors also: invalid (`as_of` is to come, or before the data begins).
    virtual void software(const access::Actor& actor, device::DeviceId id, SoftwareQuery query,
                          Answer<Software> answer) = 0;
    virtual void history(const access::Actor& actor, device::DeviceId id, PageRequest page,
                         Answer<Page<DeviceEvent>> answer) = 0;
    virtual void deployments(const access::Actor& actor, device::DeviceId id, PageRequest page,
                             Answer<Page<Deployment>> answer) = 0;
    virtual void explain(const access::Actor& actor, device::DeviceId id, Answer<Explanation> answer) = 0;
    // Whether the device exists for this actor. At once, from any thread.
    virtual bool sees(const access::Actor& actor, device::DeviceId id) = 0;
};

} // namespace oakum::api
