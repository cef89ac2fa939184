// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/rows.hpp>

#include <algorithm>
#include <iterator>
#include <limits>
#include <random>
#include <string>

// Rows with random contents from a seed, edges included: empty and long texts, foreign scripts, quotes, the
// largest numbers, zero ids, times before 1970. Keys are given by the caller.
namespace oakum::contract {

class RowMaker {
  public:
    explicit RowMaker(std::uint64_t seed) : random_(seed) {}

    std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
    bool coin() { return (random_() & 1) != 0; }
    std::uint64_t u64() {
        constexpr std::uint64_t edges[] = {0, 1, 0x7fffffffffffffffULL, 0x8000000000000000ULL,
                                           0xffffffffffffffffULL};
        return below(3) == 0 ? edges[below(std::size(edges))] : random_();
    }
    std::uint32_t u32() { return static_cast<std::uint32_t>(u64()); }
    std::string text() {
        static const std::string edges[] = {"",
                                            "a",
                                            "O'Neil \"x\" \\ ; DROP TABLE device; --",
                                            "größe 更新 🔧",
                                            "line\nbreak\ttab",
                                            std::string(3000, 'x'),
                                            "NULL",
                                            "0",
                                            "1e400"};
        if (below(2) == 0) return edges[below(std::size(edges))];
        return name();
    }
    // Never empty, mostly fresh.
    std::string name() { return "n" + std::to_string(random_()); }
    std::vector<std::string> texts() {
        std::vector<std::string> all(below(4));
        std::generate(all.begin(), all.end(), [&] { return text(); });
        return all;
    }
    base::TimePoint time() {
        return base::from_unix_ms(static_cast<std::int64_t>(below(4'000'000'000'000)) - 1'000'000'000);
    }
    std::optional<std::string> maybe_text() { return below(2) == 0 ? std::nullopt : std::optional(text()); }
    std::optional<base::TimePoint> maybe_time() {
        if (coin()) return time();
        return std::nullopt;
    }
    base::Duration duration() { return base::Duration(static_cast<std::int64_t>(below(1'000'000'000))); }
    base::Digest256 digest() {
        base::Digest256 out;
        for (auto& byte : out.bytes)
            byte = static_cast<std::uint8_t>(random_());
        return out;
    }
    base::Digest256 digest_or_zero() { return coin() ? digest() : base::Digest256{}; }
    template <class Id> Id id() { return Id(base::Id128{random_(), random_()}); }
    template <class Id> Id id_or_zero() { return coin() ? id<Id>() : Id{}; }
    template <class Enum> Enum pick(Enum last) {
        return static_cast<Enum>(below(static_cast<std::uint64_t>(last) + 1));
    }

    device::Fact fact(std::string key) {
        return {std::move(key), name(), pick(device::FactSource::person), text(), time()};
    }
    std::vector<device::Fact> facts() {
        std::vector<device::Fact> all(below(4));
        std::generate(all.begin(), all.end(), [&] { return fact(name()); });
        return all;
    }
    ports::DeviceRow device(ports::DeviceId id, std::uint64_t row_version) {
        ports::DeviceRow r;
        r.id = id;
        r.lifecycle = pick(device::Lifecycle::unmanaged);
        r.group = id_or_zero<ports::GroupId>();
        r.first_seen = time();
        r.last_seen = time();
        r.last_inventory = time();
        r.base_set = ports::SetId(digest_or_zero());
        r.delta_set = ports::SetId(digest_or_zero());
        r.running_version = text();
        r.boot_id = text();
        r.desired_number = u64();
        r.desired_release = id_or_zero<ports::ReleaseId>();
        r.desired_rollout = id_or_zero<ports::RolloutId>();
        r.deployment = id_or_zero<ports::DeploymentId>();
        r.certificate_serial = text();
        r.certificate_expires = maybe_time();
        r.previous_certificate_serial = text();
        r.revoked = coin();
        r.clone_suspected = coin();
        r.hold = coin();
        r.row_version = row_version;
        return r;
    }
    ports::DeviceEventRow event(ports::DeviceId id, base::TimePoint at) {
        return {id, at, name(), text(), text(), text(), text()};
    }
    ports::DeploymentRow deployment(ports::DeploymentId id, ports::DeviceId device,
                                    std::uint64_t row_version) {
        ports::DeploymentRow r;
        r.id = id;
        r.device = device;
        r.rollout = this->id<ports::RolloutId>();
        r.release = this->id<ports::ReleaseId>();
        r.wave = u32();
        r.stratum = text();
        r.state = pick(install::State::silent);
        r.reason = pick(install::Reason::agent_error);
        r.detail = text();
        r.attempt = u32();
        r.transient_failures = u32();
        r.sequence = u64();
        r.progress_percent = u32();
        r.version_before = text();
        r.version_after = text();
        r.offered_at = time();
        r.state_at = time();
        r.deadline = maybe_time();
        r.soak_until = maybe_time();
        r.is_rollback = coin();
        r.resumed = coin();
        r.row_version = row_version;
        return r;
    }
    ports::GateCountRow gate_count(ports::RolloutId rollout, std::uint32_t wave, std::string stratum) {
        return {rollout, wave, std::move(stratum), {u32(), u32(), u32(), u32(), u32(), u32(), time()}};
    }
    ports::ComponentRow component(ports::ComponentId id) {
        return {id, {pick(component::Kind::application), text(), text(), text(), text(), text(), text()}};
    }
    ports::SoftwareSetRow software_set(ports::SetId id) {
        ports::SoftwareSetRow r{id, pick(ports::Layer::delta), {}, {}, text()};
        for (std::uint64_t n = below(20); n > 0; --n)
            r.components.emplace_back(digest());
        std::sort(r.components.begin(), r.components.end());
        for (std::uint64_t n = below(3); n > 0; --n)
            r.statements.push_back({text(), text(), pick(component::StatementStatus::under_investigation),
                                    text(), maybe_text(), maybe_text()});
        return r;
    }
    ports::FirmwareRow firmware(std::string model, std::string version) {
        return {std::move(model), std::move(version), ports::SetId(digest_or_zero()), text(), time()};
    }
    ports::SetFindingRow finding(ports::SetId set, std::string advisory, ports::ComponentId component,
                                 base::TimePoint from) {
        return {set,  std::move(advisory), component, pick(ports::Verdict::unknown), text(),
                from, std::nullopt};
    }
    ports::GroupRow group(ports::GroupId id, std::uint64_t row_version) {
        return {id, text(), text(), facts(), coin(), row_version};
    }
    ports::ArtifactRow artifact(base::Digest256 digest) {
        return {digest, below(1ULL << 40), text(), time(), maybe_time(), coin()};
    }
    ports::ReleaseRow release(ports::ReleaseId id, std::uint64_t row_version) {
        ports::ReleaseRow r;
        r.id = id;
        r.name = text();
        r.version = text();
        r.artifact = digest();
        r.models = texts();
        r.hw_revisions = texts();
        r.min_from = text();
        r.set = ports::SetId(digest_or_zero());
        r.state = text();
        r.target_path = text();
        r.notes = text();
        r.counter = u64();
        r.created = time();
        r.published = maybe_time();
        r.row_version = row_version;
        return r;
    }
    rollout::Plan plan() {
        rollout::Plan p;
        p.name = text();
        p.release = id<ports::ReleaseId>();
        p.query = text();
        for (std::uint64_t n = below(5); n > 0; --n) {
            rollout::Wave wave;
            wave.name = text();
            wave.share_ppm = u32();
            wave.gate.minimum = u32();
            wave.gate.tolerated_failure_ppm = u32();
            wave.gate.halt_error_ppm = u32();
            wave.gate.proceed_error_ppm = u32();
            wave.gate.hard_stop = u32();
            wave.gate.unproven = coin() ? rollout::Unproven::open : rollout::Unproven::ask;
            wave.gate.soak = duration();
            if (coin()) wave.query = text();
            if (coin()) wave.pace = {u32(), u32(), u32(), u32()};
            p.waves.push_back(wave);
        }
        p.soak = duration();
        p.step_timeout = duration();
        p.max_attempts = u32();
        p.rollback_on_halt = coin();
        if (coin()) p.starts = time();
        return p;
    }
    ports::RolloutRow rollout(ports::RolloutId id, std::uint64_t row_version) {
        ports::RolloutRow r;
        r.id = id;
        r.plan = plan();
        r.state = pick(rollout::State::aborted);
        r.state_reason = text();
        r.open_wave = u32();
        r.key0 = u64();
        r.key1 = u64();
        r.created_by = text();
        r.approved_by = text();
        r.created = time();
        r.started = maybe_time();
        r.wave_opened_at = maybe_time();
        r.settled_at = maybe_time();
        r.ended = maybe_time();
        r.row_version = row_version;
        return r;
    }
    ports::UserRow user(ports::UserId id, std::uint64_t row_version) {
        ports::UserRow r;
        r.id = id;
        r.name = text();
        r.password_hash = text();
        r.role = pick(access::Role::administrator);
        r.disabled = coin();
        r.created = time();
        r.row_version = row_version;
        r.totp = text();
        r.totp_on = coin();
        r.totp_step = below(1'000'000'000);
        r.recovery = texts();
        r.identity = text();
        r.break_glass = coin();
        for (std::uint64_t n = below(3); n > 0; --n)
            r.scope.push_back(this->id<ports::GroupId>());
        return r;
    }
    ports::TokenRow token(ports::TokenId id, std::uint64_t row_version) {
        ports::TokenRow r;
        r.id = id;
        r.kind = pick(ports::TokenKind::enrolment);
        r.secret = digest();
        r.label = text();
        r.user = id_or_zero<ports::UserId>();
        r.group = id_or_zero<ports::GroupId>();
        r.scopes = texts();
        r.uses_left = u32();
        r.csrf = digest_or_zero();
        r.created = time();
        r.expires = time();
        r.revoked = coin();
        r.row_version = row_version;
        r.client = text();
        r.began = text();
        return r;
    }
    ports::AuditRow audit(std::uint64_t number) {
        return {number, time(), text(), text(), text(), text(), text(), text(), digest(), digest()};
    }
    ports::JobRow job(std::string id) {
        return {std::move(id), text(), text(),       text(), u64(), u64(),
                text(),        time(), maybe_time(), text(), u64(), maybe_time()};
    }
    ports::AlarmRow alarm(ports::AlarmId id, std::uint64_t row_version) {
        const alarm::Cause cause{pick(alarm::Kind::policy_idle),
                                 text(),
                                 text(),
                                 text(),
                                 texts(),
                                 text(),
                                 text(),
                                 u64(),
                                 maybe_time()};
        return {id,     cause,        time(), maybe_time(), maybe_time(),
                text(), maybe_time(), text(), text(),       row_version};
    }
    ports::ChannelRow channel(ports::ChannelId id, std::uint64_t row_version) {
        return {id,
                text(),
                pick(alarm::ChannelKind::teams),
                pick(alarm::Pace::at_once),
                text(),
                text(),
                text(),
                text(),
                text(),
                texts(),
                text(),
                time(),
                coin(),
                maybe_time(),
                maybe_time(),
                maybe_time(),
                text(),
                row_version};
    }
    ports::MessageRow message(ports::MessageId id) {
        return {id,    id_or_zero<ports::ChannelId>(), text(), time(), u32(), maybe_time(), maybe_time(),
                text()};
    }
    ports::EditRow edit(ports::EditId id, std::uint64_t row_version) {
        return {id,           text(),       text(), text(),  text(),  text(),     text(), time(),
                maybe_time(), maybe_time(), text(), coin(),  u64(),   u64(),      u64(),  u64(),
                u64(),        u64(),        u64(),  texts(), texts(), row_version};
    }
    ports::EditedDeviceRow edited(ports::EditId edit, ports::DeviceId device) {
        return {edit, device, u64(), coin(), coin(), facts(), facts()};
    }
    ports::FeedRow feed(std::string name) {
        return {std::move(name), time(), time(), u64(), u64(), texts(), text()};
    }
    ports::FiguresRow figures(ports::GroupId group, base::TimePoint day) {
        return {day,   group, time(), u64(), u64(), u64(), u64(), u64(), u64(),
                u64(), u64(), u64(),  u64(), u64(), u64(), u64(), u64(), u64()};
    }
    ports::MarkRow mark(base::TimePoint at, ports::GroupId group) {
        return {at, name(), text(), group, text()};
    }
    ports::IdempotencyRow idempotency(std::string key) {
        return {std::move(key), digest(), u32(), text(), time()};
    }
    std::vector<exception::Step> steps() {
        std::vector<exception::Step> all(below(4));
        for (exception::Step& step : all)
            step = {time(), pick(exception::State::expired), text(), text()};
        return all;
    }
    ports::ExceptionRow exception(ports::ExceptionId id, std::uint64_t row_version) {
        exception::Wish wish;
        wish.kind = pick(exception::Kind::suppress);
        wish.subject = {text(), text(), text(), u32()};
        wish.scope = {id_or_zero<ports::GroupId>(), text()};
        wish.justification = pick(exception::Justification::inline_mitigations_already_exist);
        wish.metric = text();
        wish.reason = text();
        wish.evidence = texts();
        wish.expires = maybe_time();
        return {id, std::move(wish), pick(exception::State::expired), text(), steps(), row_version};
    }
    std::vector<advisory::NoticeProduct> products() {
        std::vector<advisory::NoticeProduct> all(below(4));
        for (advisory::NoticeProduct& product : all)
            product = {text(), text(), text(), text(), text()};
        return all;
    }
    ports::NoticeRow notice(std::string id, std::uint64_t row_version) {
        advisory::Notice notice{text(), text(),  text(),  products(), text(),      text(),
                                coin(), texts(), texts(), text(),     maybe_time()};
        return {std::move(id), std::move(notice), text(), time(), time(), coin(), row_version};
    }
    ports::ChangeRow change(ports::ShardId shard) { return {0, shard, time(), name(), text(), text()}; }

  private:
    std::mt19937_64 random_;
};

} // namespace oakum::contract
