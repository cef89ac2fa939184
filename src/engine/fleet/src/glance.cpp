// SPDX-License-Identifier: Apache-2.0
#include "glance.hpp"

#include <algorithm>

namespace oakum::fleet {
namespace {

const Asked kNobody; // whatever was decided
constexpr std::string_view kHex = "0123456789abcdef";

std::string serial_text(const Slot& slot) {
    std::string text;
    for (unsigned i = 0; i < slot.serial_digits; ++i)
        text += kHex[i % 2 == 0 ? slot.serial[i / 2] >> 4 : slot.serial[i / 2] & 15];
    return text;
}

template <class Id> Id id_of(std::string_view text) {
    if (text.empty()) return {};
    auto id = Id::parse(text);
    return id.ok() ? *id : Id{};
}

} // namespace

std::string boot_mark(std::string_view boot_id) {
    return boot_id.empty() ? std::string() : hex_of(boot_number(boot_id));
}

SlotView::SlotView(const LiveFleet::Tenant& tenant, const LiveFleet::Block& block, std::uint16_t local,
                   const GroupList& groups, const Software& software, Look look)
    : tenant_(tenant), block_(block), slot_(*block.look(local)), local_(local), groups_(groups),
      software_(software), look_(look) {}

std::optional<std::string_view> SlotView::fact(std::string_view key) const NO_ANALYSIS {
    const auto number = tenant_.find_key(key);
    const Column* column = number ? block_.column(*number) : nullptr;
    const std::uint32_t value = column == nullptr ? 0 : column->value(local_);
    const bool assumed = value != 0 && column->assumed.contains(local_);
    if (!look_.own_only && (value == 0 || assumed))
        for (const GroupInfo& group : groups_)
            for (const device::Fact& given : group.defaults)
                if (given.key == key && is_member(group)) return given.value;
    if (value == 0) return std::nullopt;
    return tenant_.values.at(value);
}

std::optional<device::Fact> SlotView::own_fact(std::string_view key) const NO_ANALYSIS {
    const auto number = tenant_.find_key(key);
    const Column* column = number ? block_.column(*number) : nullptr;
    const Cell cell = column == nullptr ? Cell{} : column->get(local_);
    if (cell.value == 0) return std::nullopt;
    return unpack(key, tenant_.values.at(cell.value), tenant_.provenances.at(cell.provenance));
}

const ports::DeploymentRow* SlotView::deployment() const NO_ANALYSIS {
    return block_.current_row(local_);
}

bool SlotView::enrolled() const NO_ANALYSIS {
    return block_.enrolled.contains(local_);
}

bool SlotView::has_deployment() const {
    const ports::DeploymentRow* row = deployment();
    return row != nullptr && !install::is_terminal(row->state);
}

std::optional<std::string> SlotView::field(device::Field field) const {
    const auto yes_no = [](bool value) { return std::string(value ? "yes" : "no"); };
    switch (field) {
    case device::Field::id:
        return slot_.id.text();
    case device::Field::lifecycle:
        return std::string(device::to_string(slot_.lifecycle));
    case device::Field::first_seen:
        if (slot_.first_seen == 0) return std::nullopt;
        return base::to_iso8601(time_of(slot_.first_seen));
    case device::Field::last_seen: {
        const std::uint32_t seen = std::max(slot_.last_seen, slot_.heard.load(std::memory_order_relaxed));
        if (seen == 0) return std::nullopt;
        return base::to_iso8601(time_of(seen));
    }
    case device::Field::running_version:
        if (slot_.running_version == 0) return std::nullopt;
        return std::string(tenant_.values.at(slot_.running_version));
    case device::Field::hold:
        return yes_no(slot_.hold);
    case device::Field::revoked:
        return yes_no(slot_.revoked);
    case device::Field::clone:
        return yes_no(slot_.clone);
    case device::Field::enrolled:
        return yes_no(enrolled());
    case device::Field::rollout:
        return slot_.rollout == 0 ? "none" : std::string(tenant_.values.at(slot_.rollout));
    case device::Field::deployment: {
        const ports::DeploymentRow* row = deployment();
        return row == nullptr ? "none" : std::string(install::to_string(row->state));
    }
    case device::Field::overdue: {
        const device::Truth truth = overdue();
        if (truth == device::Truth::unknown) return std::nullopt;
        return yes_no(truth == device::Truth::yes);
    }
    case device::Field::cannot_tell:
        return yes_no(cannot_tell());
    case device::Field::fact:
    case device::Field::group:
    case device::Field::finding:
    case device::Field::kev:
    case device::Field::component:
        break;
    }
    return std::nullopt;
}

device::Truth SlotView::overdue() const {
    if (slot_.base_set == Software::kNoSet && slot_.delta_set == Software::kNoSet)
        return device::Truth::unknown;
    const base::TimePoint now = tenant_.clock.now();
    for (;;) { // again when another book or other decisions were published in between
        const Asked& of = asked();
        const auto book = software_.deadline_book(tenant_.id);
        std::size_t place = 0;
        for (const DeadlineBook::Fact& asked : book->facts) {
            const auto value = fact(asked.key);
            const auto word = std::find_if(asked.words.begin(), asked.words.end(), [&](const auto& each) {
                return value &&
                       device::compare_value(word_term(asked.key, each), *value) == device::Truth::yes;
            });
            place = place * (asked.words.size() + 1) + static_cast<std::size_t>(word - asked.words.begin());
        }
        device::Truth truth = device::Truth::no;
        bool same = true;
        for (const std::uint32_t set : {slot_.base_set, slot_.delta_set}) {
            const auto found = software_.overdue(tenant_.id, set, now, *book, book->classes[place], of);
            same = same && found;
            if (found) truth = device::either(truth, truth_of(*found, slot_.first_seen));
        }
        if (same) return truth;
        ask_anew();
    }
}

device::Term word_term(std::string_view key, std::string_view word) {
    device::Literal literal;
    literal.text = word;
    device::Term term;
    term.name = key;
    term.type = device::type_of_key(key);
    term.values.push_back(std::move(literal));
    return term;
}

device::Truth truth_of(const Software::Overdue& overdue, std::uint32_t first_seen) {
    if (first_seen == 0) return device::Truth::no;
    const base::TimePoint seen = time_of(first_seen);
    return seen < overdue.surely    ? device::Truth::yes
           : seen < overdue.perhaps ? device::Truth::unknown
                                    : device::Truth::no;
}

device::Truth SlotView::membership(const GroupInfo& group) const {
    if (slot_.group != 0 && tenant_.values.at(slot_.group) == group.id_text) return device::Truth::yes;
    if (!group.by_query) return device::Truth::no;
    if (look_.depth >= kGroupDepth) return device::Truth::unknown;
    const SlotView own(tenant_, block_, local_, groups_, software_,
                       {true, look_.depth + 1, look_.as_found, this});
    return device::evaluate(group.query, own);
}

bool SlotView::is_member(const GroupInfo& group) const {
    return membership(group) == device::Truth::yes;
}

device::Truth SlotView::in_group(const device::Literal& name) const {
    device::Truth truth = device::Truth::no;
    for (const GroupInfo& group : groups_)
        if (device::matches_text(name, group.name) || device::matches_text(name, group.id_text))
            truth = device::either(truth, membership(group));
    return truth;
}

device::Truth SlotView::of_sets(const device::Term& term) const {
    const bool of_findings = term.field != device::Field::component;
    const auto tells = [&](std::uint32_t set) {
        return set != Software::kNoSet && !(of_findings && software_.is_unassessed(tenant_.id, set));
    };
    if (!tells(slot_.base_set) && !tells(slot_.delta_set)) return device::Truth::unknown;
    for (;;) { // again when other decisions were published in between
        const Asked& of = term.field == device::Field::component ? kNobody : asked();
        device::Truth truth = device::Truth::no;
        bool same = true;
        for (const std::uint32_t set : {slot_.base_set, slot_.delta_set}) {
            if (!tells(set)) continue;
            const auto of_set = software_.truth(tenant_.id, set, term, of);
            same = same && of_set;
            if (of_set) truth = device::either(truth, *of_set);
        }
        if (same) return truth;
        ask_anew();
    }
}

bool SlotView::cannot_tell() const {
    if (slot_.lifecycle == device::Lifecycle::unmanaged) return false;
    if (software_.is_empty(tenant_.id, slot_.base_set) && software_.is_empty(tenant_.id, slot_.delta_set))
        return true;
    device::Term found;
    found.field = device::Field::finding;
    found.presence = true;
    return of_sets(found) == device::Truth::unknown;
}

const Asked& SlotView::asked() const {
    if (look_.through != nullptr) return look_.through->asked();
    if (asked_) return *asked_;
    Asked& asked = asked_.emplace();
    if (look_.as_found) return asked;
    asked.scopes = software_.decision_scopes(tenant_.id);
    if (asked.scopes->empty()) return asked;
    const SlotView bare(tenant_, block_, local_, groups_, software_, {false, 0, true});
    for (std::size_t i = 0; i < asked.scopes->size(); ++i)
        if (bare.is_in((*asked.scopes)[i])) asked.cell |= std::uint64_t{1} << i;
    return asked;
}

void SlotView::ask_anew() const {
    if (look_.through != nullptr) return look_.through->ask_anew();
    asked_.reset();
}

bool SlotView::is_in(const Selection& selection) const {
    const auto named = [&](const GroupInfo& group) {
        return std::find(selection.scope.begin(), selection.scope.end(), group.id) != selection.scope.end();
    };
    const bool inside = selection.scope.empty() ||
                        std::any_of(groups_.begin(), groups_.end(),
                                    [&](const GroupInfo& group) { return named(group) && is_member(group); });
    return inside && device::evaluate(selection.query, *this) == device::Truth::yes;
}

GroupId SlotView::group() const {
    return id_of<GroupId>(tenant_.values.at(slot_.group));
}

ports::RolloutId SlotView::desired_rollout() const {
    return id_of<ports::RolloutId>(tenant_.values.at(slot_.rollout));
}

std::shared_ptr<const GroupList> groups_of(LiveFleet::Tenant& tenant, const shard::ControlTables& control) {
    base::Lock lock(tenant.groups_mutex);
    if (tenant.groups && !tenant.groups_stale) return tenant.groups;
    auto list = std::make_shared<GroupList>();
    for (const auto& row : control.list<ports::GroupRow>(tenant.id)) {
        if (row->deleted) continue;
        GroupInfo group{row->id, row->id.text(),    row->name,    !row->query.empty(),
                        {},      device::kOwnGroup, row->defaults};
        if (group.by_query) {
            auto query = device::parse_query(row->query);
            if (!query.ok()) continue; // refused when it was made; a newer server's words are left out
            group.specificity = device::specificity(*query);
            group.query = std::move(*query);
        }
        list->push_back(std::move(group));
    }
    std::sort(list->begin(), list->end(), [](const GroupInfo& a, const GroupInfo& b) {
        return a.specificity != b.specificity ? a.specificity > b.specificity : a.id < b.id;
    });
    tenant.groups = std::move(list);
    tenant.groups_stale = false;
    return tenant.groups;
}

ports::DeviceRow row_of(const LiveFleet::Tenant& tenant, const LiveFleet::Block& block, std::uint16_t local,
                        const Software& software) {
    const Slot& slot = *block.look(local);
    ports::DeviceRow row;
    row.id = slot.id;
    row.lifecycle = slot.lifecycle;
    row.group = id_of<GroupId>(tenant.values.at(slot.group));
    row.first_seen = time_of(slot.first_seen);
    row.last_seen = time_of(slot.last_seen);
    row.last_inventory = time_of(slot.last_inventory);
    row.base_set = software.id_of(tenant.id, slot.base_set);
    row.delta_set = software.id_of(tenant.id, slot.delta_set);
    row.running_version = std::string(tenant.values.at(slot.running_version));
    row.boot_id = slot.boot == 0 ? std::string() : hex_of(slot.boot);
    row.desired_number = slot.desired_number;
    row.desired_release = id_of<ports::ReleaseId>(tenant.values.at(slot.release));
    row.desired_rollout = id_of<ports::RolloutId>(tenant.values.at(slot.rollout));
    row.deployment = block.current(local);
    row.certificate_serial = serial_text(slot);
    if (slot.expires) row.certificate_expires = time_of(slot.certificate_expires);
    if (slot.rare) {
        if (!slot.rare->boot_id.empty()) row.boot_id = slot.rare->boot_id;
        if (!slot.rare->certificate_serial.empty()) row.certificate_serial = slot.rare->certificate_serial;
        row.previous_certificate_serial = slot.rare->previous_certificate_serial;
    }
    row.revoked = slot.revoked;
    row.clone_suspected = slot.clone;
    row.hold = slot.hold;
    row.row_version = slot.row_version;
    return row;
}

} // namespace oakum::fleet
