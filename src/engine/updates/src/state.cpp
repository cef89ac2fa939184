// SPDX-License-Identifier: Apache-2.0
#include <updates/state.hpp>

#include <json/parse.hpp>
#include <json/writer.hpp>
#include <trust/limits.hpp>

#include <algorithm>

namespace oakum::updates {
namespace {

using base::Result;
using base::Status;
using json::Value;
using json::Writer;

constexpr std::uint64_t format = 1;
constexpr std::size_t max_state = 512 << 10;
constexpr std::int64_t last_second = 253'402'300'799; // of the year 9999

void write(Writer& out, std::string_view name, const std::optional<Known>& known) {
    if (!known) return;
    out.key(name).begin_object();
    out.member("version", known->version)
        .member("digest", known->digest.hex())
        .member("counter", known->counter);
    out.end_object();
}

void write(Writer& out, const Current& current) {
    // The offer travels in its own encoding, inside an answer as it came.
    wire::PollReply reply;
    reply.offer = current.offer;
    out.key("current").begin_object();
    out.key("offered").raw(wire::encode(reply));
    out.member("digest", current.image.digest.hex()).member("length", current.image.length);
    out.member("version", current.image.version);
    out.member("counter", current.image.counter).member("floor_after", current.image.floor);
    out.member("slot", current.slot).member("reason", install::to_string(current.reason));
    out.member("detail", current.detail).member("network_failures", current.network_failures);
    out.member("resumed", current.resumed).member("began_again", current.began_again);
    if (current.permitted_until) out.member("permitted_until", base::unix_seconds(*current.permitted_until));
    if (current.clock_behind != 0) out.member("clock_behind", current.clock_behind);
    if (!current.order.empty()) out.member("order", current.order);
    out.end_object();
}

void write(Writer& out, const Ended& last) {
    out.key("last").begin_object();
    out.member("release", last.release).member("version", last.version);
    out.member("state", install::to_string(last.state)).member("reason", install::to_string(last.reason));
    out.member("detail", last.detail).member("at", base::unix_ms(last.at));
    out.end_object();
}

Result<Ended> read_last(const Value& from) {
    Ended last;
    TRY_VALUE(last.release, from.string_at("release", 256));
    TRY_VALUE(last.version, from.string_at("version", 256));
    TRY_VALUE(const std::string state, from.string_at("state", 32));
    TRY_VALUE(last.state, install::parse_state(state));
    TRY_VALUE(const std::string reason, from.string_at("reason", 32));
    TRY_VALUE(last.reason, install::parse_reason(reason));
    TRY_VALUE(last.detail, from.string_at("detail", wire::kMaxText));
    TRY_VALUE(const std::int64_t at, from.int_at("at"));
    last.at = base::from_unix_ms(at);
    return last;
}

Result<base::Digest256> read_digest(const Value& from) {
    TRY_VALUE(const std::string text, from.string_at("digest", 64));
    auto digest = base::Digest256::parse(text);
    if (!digest.ok()) return std::move(digest).error().at(from.place() + "/digest");
    return digest;
}

Result<std::optional<Known>> read_known(const Value& from, std::string_view name) {
    TRY_VALUE(const auto object, from.optional_object_at(name));
    if (!object) return std::optional<Known>();
    Known known;
    TRY_VALUE(known.version, object->string_at("version", 256));
    TRY_VALUE(known.digest, read_digest(*object));
    TRY_VALUE(known.counter, object->uint_at("counter"));
    return std::optional<Known>(std::move(known));
}

Result<Attacked> read_attacked(const Value& from) {
    Attacked attacked;
    TRY_VALUE(const std::string attack, from.string_at("attack", 32));
    TRY_VALUE(attacked.attack, trust::parse_attack(attack));
    TRY_VALUE(attacked.deployment, from.string_at("deployment", 64));
    TRY_VALUE(const std::int64_t at, from.int_at("at", 0, last_second));
    attacked.at = base::from_unix_ms(at * 1000);
    TRY_VALUE(attacked.detail, from.string_at("detail", wire::kMaxText));
    return attacked;
}

Result<Current> read_current(const Value& from) {
    Current current;
    TRY_VALUE(const Value offered, from.object_at("offered"));
    TRY_VALUE(wire::PollReply reply, wire::decode_poll_reply(offered.source()));
    if (!reply.offer) return offered.wrong("the offer is missing");
    current.offer = std::move(*reply.offer);
    TRY_VALUE(current.image.digest, read_digest(from));
    TRY_VALUE(current.image.length, from.uint_at("length"));
    TRY_VALUE(current.image.version, from.string_at("version", 256));
    TRY_VALUE(current.image.counter, from.uint_at("counter"));
    TRY_VALUE(current.image.floor, from.uint_at("floor_after"));
    TRY_VALUE(current.slot, from.string_at("slot", 16));
    TRY_VALUE(const std::string reason, from.string_at("reason", 32));
    TRY_VALUE(current.reason, install::parse_reason(reason));
    TRY_VALUE(current.detail, from.string_at("detail", wire::kMaxText));
    TRY_VALUE(const std::uint64_t failures, from.uint_at("network_failures", 1'000'000));
    current.network_failures = static_cast<std::uint32_t>(failures);
    TRY_VALUE(current.resumed, from.bool_at("resumed"));
    TRY_VALUE(current.began_again, from.bool_at("began_again"));
    TRY_VALUE(const auto behind, from.optional_int_at("clock_behind"));
    current.clock_behind = behind.value_or(0);
    TRY_VALUE(const auto until, from.optional_int_at("permitted_until", 0, last_second));
    if (until) current.permitted_until = base::from_unix_ms(*until * 1000);
    TRY_VALUE(const auto order, from.optional_string_at("order", trust::limits::order_bytes));
    current.order = order.value_or("");
    return current;
}

} // namespace

std::string encode(const AgentState& state) {
    std::string text;
    Writer out(text);
    out.begin_object();
    out.member("format", format).member("phase", install::to_string(state.phase));
    if (state.current) write(out, *state.current);
    out.member("sequence", state.sequence).member("desired", state.desired);
    out.member("done_deployment", state.done_deployment).member("done_attempt", state.done_attempt);
    if (state.done_as) out.key("done_as").raw(wire::encode(*state.done_as));
    if (state.last) write(out, *state.last);
    write(out, "installed", state.installed);
    write(out, "previous", state.previous);
    out.member("floor", state.floor).member("staged", state.staged);
    out.member("inventory_digest", state.inventory_digest);
    if (state.attacked) {
        out.key("attacked").begin_object();
        out.member("attack", trust::to_string(state.attacked->attack));
        out.member("deployment", state.attacked->deployment);
        out.member("at", base::unix_seconds(state.attacked->at)).member("detail", state.attacked->detail);
        out.end_object();
    }
    if (state.to_tell) out.key("to_tell").raw(wire::encode(*state.to_tell));
    out.key("reports").begin_array();
    for (const wire::Report& report : state.reports)
        out.raw(wire::encode(report));
    out.end_array();
    if (!state.receipts.empty()) {
        out.key("receipts").begin_array();
        for (const wire::Receipt& receipt : state.receipts)
            out.raw(wire::encode(receipt));
        out.end_array();
    }
    out.end_object();
    return text;
}

base::Result<AgentState> decode_state(std::string_view json) {
    json::Limits limits;
    limits.max_bytes = max_state;
    limits.max_depth = 8;
    TRY_VALUE(const Value from, json::parse(json, limits));
    TRY_VALUE(const std::uint64_t seen_format, from.uint_at("format"));
    if (seen_format != format) return from.wrong("format " + std::to_string(seen_format) + " is not known");
    AgentState state;
    TRY_VALUE(const std::string phase, from.string_at("phase", 32));
    TRY_VALUE(state.phase, install::parse_phase(phase));
    TRY_VALUE(const auto current, from.optional_object_at("current"));
    if (current.has_value() != (state.phase != install::Phase::idle))
        return from.wrong("a phase other than idle has a deployment, and idle has none");
    if (current) {
        TRY_VALUE(state.current, read_current(*current));
    }
    TRY_VALUE(state.sequence, from.uint_at("sequence"));
    TRY_VALUE(state.desired, from.uint_at("desired"));
    TRY_VALUE(state.done_deployment, from.string_at("done_deployment", 64));
    TRY_VALUE(const std::uint64_t attempt, from.uint_at("done_attempt", 1'000'000));
    state.done_attempt = static_cast<std::uint32_t>(attempt);
    TRY_VALUE(const auto done_as, from.optional_object_at("done_as"));
    if (done_as) {
        TRY_VALUE(state.done_as, wire::decode_report(done_as->source()));
    }
    TRY_VALUE(const auto last, from.optional_object_at("last"));
    if (last) {
        TRY_VALUE(state.last, read_last(*last));
    }
    TRY_VALUE(state.installed, read_known(from, "installed"));
    TRY_VALUE(state.previous, read_known(from, "previous"));
    TRY_VALUE(state.floor, from.uint_at("floor"));
    TRY_VALUE(state.staged, from.string_at("staged", 64));
    TRY_VALUE(state.inventory_digest, from.string_at("inventory_digest", 64));
    TRY_VALUE(const auto attacked, from.optional_object_at("attacked"));
    if (attacked) {
        TRY_VALUE(state.attacked, read_attacked(*attacked));
    }
    TRY_VALUE(const auto to_tell, from.optional_object_at("to_tell"));
    if (to_tell) {
        TRY_VALUE(state.to_tell, wire::decode_manifest(to_tell->source()));
    }
    TRY_VALUE(const Value reports, from.array_at("reports", 10 * kMaxQueuedReports));
    for (const Value& item : reports.items()) {
        TRY_VALUE(wire::Report report, wire::decode_report(item.source()));
        state.reports.push_back(std::move(report));
    }
    TRY_VALUE(const auto receipts, from.optional_array_at("receipts", kMaxReceipts));
    if (receipts) {
        for (const Value& item : receipts->items()) {
            TRY_VALUE(wire::Receipt receipt, wire::decode_receipt(item.source()));
            state.receipts.push_back(std::move(receipt));
        }
    }
    return state;
}

void add(AgentState& state, wire::Receipt receipt) {
    if (state.receipts.size() == kMaxReceipts) state.receipts.erase(state.receipts.begin());
    state.receipts.push_back(std::move(receipt));
}

void enqueue(AgentState& state, wire::Report report) {
    report.sequence = ++state.sequence;
    auto& queue = state.reports;
    const bool progress = report.state == install::State::downloading;
    if (progress && !queue.empty() && queue.back().state == report.state &&
        queue.back().deployment == report.deployment && queue.back().attempt == report.attempt) {
        report.resumed = report.resumed || queue.back().resumed;
        queue.back() = std::move(report);
        return;
    }
    queue.push_back(std::move(report));
    while (queue.size() > kMaxQueuedReports) {
        const auto oldest =
            std::ranges::find_if(queue, [](const wire::Report& r) { return !install::is_terminal(r.state); });
        if (oldest == queue.end()) return;
        queue.erase(oldest);
    }
}

} // namespace oakum::updates
