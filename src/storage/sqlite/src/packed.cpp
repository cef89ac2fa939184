// SPDX-License-Identifier: Apache-2.0
#include "packed.hpp"

#include "enums.hpp"

#include <algorithm>
#include <cstring>

namespace oakum::sqlite {

namespace {

constexpr std::uint8_t kVersion = 1;
// Plans: since gates weigh evidence, since a wave may ask who is in it and a plan start by itself, and since
// a wave has a pace.
constexpr std::uint8_t kPlanWeighs = 2, kPlanAsks = 3, kPlanVersion = 4;
// Statements: since they name which one of a name is meant.
constexpr std::uint8_t kStatementsVersion = 2;

class Packer {
  public:
    explicit Packer(std::uint8_t version = kVersion) { out_.push_back(version); }
    void number(std::uint64_t value) {
        while (value >= 0x80) {
            out_.push_back(static_cast<std::uint8_t>(value | 0x80));
            value >>= 7;
        }
        out_.push_back(static_cast<std::uint8_t>(value));
    }
    void signed_number(std::int64_t value) {
        number((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
    }
    void text(const std::string& text) {
        number(text.size());
        out_.insert(out_.end(), text.begin(), text.end());
    }
    void id(base::Id128 id) {
        const auto bytes = base::to_bytes(id);
        out_.insert(out_.end(), bytes.begin(), bytes.end());
    }
    base::Bytes take() { return std::move(out_); }

  private:
    base::Bytes out_;
};

// After the first error every read gives nothing, and `finish` tells.
class Unpacker {
  public:
    explicit Unpacker(base::ByteView bytes, std::uint8_t newest = kVersion) : left_(bytes) {
        version_ = byte();
        if (version_ < kVersion || version_ > newest) failed_ = true;
    }
    std::uint8_t version() const { return version_; }
    std::uint64_t number() {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            const std::uint8_t next = byte();
            value |= std::uint64_t{next & 0x7fU} << shift;
            if ((next & 0x80) == 0) return value;
        }
        failed_ = true;
        return 0;
    }
    template <class Unsigned> void number(Unsigned& out) {
        const auto value = number();
        out = static_cast<Unsigned>(value);
        if (out != value) failed_ = true;
    }
    template <class Enum> void enumerator(Enum& out) {
        const auto value = number();
        if (value > static_cast<std::uint64_t>(last_of<Enum>))
            failed_ = true;
        else
            out = static_cast<Enum>(value);
    }
    std::int64_t signed_number() {
        const auto value = number();
        return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
    }
    void text(std::string& out) {
        const auto piece = take(number());
        out.assign(base::as_text(piece));
    }
    base::Id128 id() {
        std::array<std::uint8_t, 16> bytes{};
        const auto piece = take(bytes.size());
        std::copy(piece.begin(), piece.end(), bytes.begin());
        return base::id128_from_bytes(bytes);
    }
    // A count of parts that take a byte at least.
    std::uint64_t count() {
        const auto value = number();
        if (value > left_.size()) failed_ = true;
        return failed_ ? 0 : value;
    }
    base::Status finish() const {
        if (failed_ || !left_.empty()) return base::corrupt("a packed column is damaged");
        return {};
    }
    bool failed() const { return failed_; }

  private:
    std::uint8_t byte() {
        if (failed_ || left_.empty()) {
            failed_ = true;
            return 0;
        }
        const auto value = left_.front();
        left_ = left_.subspan(1);
        return value;
    }
    base::ByteView take(std::uint64_t length) {
        if (failed_ || length > left_.size()) {
            failed_ = true;
            return {};
        }
        const auto piece = left_.first(length);
        left_ = left_.subspan(length);
        return piece;
    }
    std::uint8_t version_ = 0;
    base::ByteView left_;
    bool failed_ = false;
};

template <class Part, class Read>
base::Status unpack_list(base::ByteView bytes, std::vector<Part>& out, Read read,
                         std::uint8_t newest = kVersion) {
    Unpacker in(bytes, newest);
    out.clear();
    for (auto left = in.count(); left > 0 && !in.failed(); --left)
        read(in, out.emplace_back());
    return in.finish();
}

} // namespace

base::Bytes pack(const std::vector<std::string>& texts) {
    Packer out;
    out.number(texts.size());
    for (const auto& text : texts)
        out.text(text);
    return out.take();
}

base::Bytes pack(const std::vector<device::Fact>& facts) {
    Packer out;
    out.number(facts.size());
    for (const auto& fact : facts) {
        out.text(fact.key);
        out.text(fact.value);
        out.number(static_cast<std::uint64_t>(fact.source));
        out.text(fact.detail);
        out.signed_number(base::unix_ms(fact.at));
    }
    return out.take();
}

base::Bytes pack(const std::vector<device::GroupId>& groups) {
    Packer out;
    out.number(groups.size());
    for (const auto& group : groups)
        out.id(group.get());
    return out.take();
}

base::Bytes pack(const std::vector<component::Statement>& statements) {
    Packer out(kStatementsVersion);
    out.number(statements.size());
    for (const auto& statement : statements) {
        out.text(statement.advisory);
        out.text(statement.component_name);
        out.number(static_cast<std::uint64_t>(statement.status));
        out.text(statement.justification);
        for (const auto& one : {statement.version, statement.purl}) {
            out.number(one ? 1 : 0);
            if (one) out.text(*one);
        }
    }
    return out.take();
}

base::Bytes pack(const std::vector<exception::Step>& steps) {
    Packer out;
    out.number(steps.size());
    for (const auto& step : steps) {
        out.signed_number(base::unix_ms(step.at));
        out.number(static_cast<std::uint64_t>(step.to));
        out.text(step.actor);
        out.text(step.why);
    }
    return out.take();
}

base::Bytes pack(const std::vector<advisory::NoticeProduct>& products) {
    Packer out;
    out.number(products.size());
    for (const auto& product : products)
        for (const auto* text : {&product.component, &product.scheme, &product.introduced, &product.fixed,
                                 &product.last_affected})
            out.text(*text);
    return out.take();
}

base::Bytes pack(const rollout::Plan& plan) {
    Packer out(kPlanVersion);
    out.text(plan.name);
    out.id(plan.release.get());
    out.text(plan.query);
    out.signed_number(plan.soak.count());
    out.signed_number(plan.step_timeout.count());
    out.number(plan.max_attempts);
    out.number(plan.rollback_on_halt ? 1 : 0);
    out.number(plan.starts ? 1 : 0);
    if (plan.starts) out.signed_number(plan.starts->time_since_epoch().count());
    out.number(plan.waves.size());
    for (const auto& wave : plan.waves) {
        out.text(wave.name);
        out.number(wave.share_ppm);
        out.number(wave.gate.minimum);
        out.number(wave.gate.tolerated_failure_ppm);
        out.number(wave.gate.halt_error_ppm);
        out.number(wave.gate.proceed_error_ppm);
        out.number(wave.gate.hard_stop);
        out.number(static_cast<std::uint64_t>(wave.gate.unproven));
        out.signed_number(wave.gate.soak.count());
        out.text(wave.query);
        for (const std::uint32_t limit : {wave.pace.max_in_flight, wave.pace.per_minute,
                                          wave.pace.doubles_after_minutes, wave.pace.up_to_per_minute})
            out.number(limit);
    }
    return out.take();
}

base::Bytes pack(const std::vector<device::ComponentId>& components) {
    base::Bytes out;
    out.reserve(components.size() * 32);
    for (const auto& id : components)
        out.insert(out.end(), id.get().bytes.begin(), id.get().bytes.end());
    return out;
}

base::Status unpack(base::ByteView bytes, std::vector<std::string>& out) {
    return unpack_list(bytes, out, [](Unpacker& in, std::string& text) { in.text(text); });
}

base::Status unpack(base::ByteView bytes, std::vector<device::Fact>& out) {
    return unpack_list(bytes, out, [](Unpacker& in, device::Fact& fact) {
        in.text(fact.key);
        in.text(fact.value);
        in.enumerator(fact.source);
        in.text(fact.detail);
        fact.at = base::from_unix_ms(in.signed_number());
    });
}

base::Status unpack(base::ByteView bytes, std::vector<device::GroupId>& out) {
    return unpack_list(bytes, out, [](Unpacker& in, device::GroupId& id) { id = device::GroupId(in.id()); });
}

base::Status unpack(base::ByteView bytes, std::vector<component::Statement>& out) {
    return unpack_list(
        bytes, out,
        [](Unpacker& in, component::Statement& statement) {
            in.text(statement.advisory);
            in.text(statement.component_name);
            in.enumerator(statement.status);
            in.text(statement.justification);
            if (in.version() < kStatementsVersion) return;
            for (auto* one : {&statement.version, &statement.purl})
                if (in.number() != 0) in.text(one->emplace());
        },
        kStatementsVersion);
}

base::Status unpack(base::ByteView bytes, std::vector<exception::Step>& out) {
    return unpack_list(bytes, out, [](Unpacker& in, exception::Step& step) {
        step.at = base::from_unix_ms(in.signed_number());
        in.enumerator(step.to);
        in.text(step.actor);
        in.text(step.why);
    });
}

base::Status unpack(base::ByteView bytes, std::vector<advisory::NoticeProduct>& out) {
    return unpack_list(bytes, out, [](Unpacker& in, advisory::NoticeProduct& product) {
        for (auto* text : {&product.component, &product.scheme, &product.introduced, &product.fixed,
                           &product.last_affected})
            in.text(*text);
    });
}

namespace {

void read_gate(Unpacker& in, rollout::Gate& gate) {
    in.number(gate.minimum);
    if (in.version() < kPlanWeighs) {
        // A share that allowed the next wave, one that halted, and from how many failures on. What halted is
        // what is tolerated; a wave went on by itself.
        std::uint32_t proceeded = 0;
        std::uint32_t from = 0;
        in.number(proceeded);
        in.number(gate.tolerated_failure_ppm);
        in.number(from);
        gate.tolerated_failure_ppm = std::clamp(gate.tolerated_failure_ppm, 1U, 999'999U);
        gate.unproven = rollout::Unproven::open;
    } else {
        in.number(gate.tolerated_failure_ppm);
        in.number(gate.halt_error_ppm);
        in.number(gate.proceed_error_ppm);
        in.number(gate.hard_stop);
        in.enumerator(gate.unproven);
    }
    gate.soak = base::Duration(in.signed_number());
}

} // namespace

base::Status unpack(base::ByteView bytes, rollout::Plan& out) {
    Unpacker in(bytes, kPlanVersion);
    in.text(out.name);
    out.release = rollout::ReleaseId(in.id());
    in.text(out.query);
    out.soak = base::Duration(in.signed_number());
    out.step_timeout = base::Duration(in.signed_number());
    in.number(out.max_attempts);
    const auto rollback = in.number();
    out.rollback_on_halt = rollback == 1;
    const auto starts = in.version() >= kPlanAsks ? in.number() : 0;
    out.starts.reset();
    if (starts == 1) out.starts = base::TimePoint(base::Duration(in.signed_number()));
    out.waves.clear();
    for (auto left = in.count(); left > 0 && !in.failed(); --left) {
        auto& wave = out.waves.emplace_back();
        in.text(wave.name);
        in.number(wave.share_ppm);
        read_gate(in, wave.gate);
        if (in.version() >= kPlanAsks) in.text(wave.query);
        if (in.version() < kPlanVersion) continue;
        for (std::uint32_t* limit : {&wave.pace.max_in_flight, &wave.pace.per_minute,
                                     &wave.pace.doubles_after_minutes, &wave.pace.up_to_per_minute})
            in.number(*limit);
    }
    TRY(in.finish());
    if (rollback > 1 || starts > 1) return base::corrupt("a packed column is damaged");
    return {};
}

base::Status unpack(base::ByteView bytes, std::vector<device::ComponentId>& out) {
    if (bytes.size() % 32 != 0) return base::corrupt("the components of a software set are damaged");
    out.clear();
    out.reserve(bytes.size() / 32);
    for (std::size_t at = 0; at < bytes.size(); at += 32) {
        base::Digest256 digest;
        std::memcpy(digest.bytes.data(), bytes.data() + at, digest.bytes.size());
        out.emplace_back(digest);
    }
    return {};
}

} // namespace oakum::sqlite
