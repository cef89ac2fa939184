// SPDX-License-Identifier: Apache-2.0
#include <updates/trusted_targets.hpp>

namespace oakum::updates {
namespace {

base::Result<trust::Client::Stored> load(Keep& keep) {
    trust::Client::Stored stored;
    TRY_VALUE(const auto names, keep.names());
    for (const std::string& name : names) {
        TRY_VALUE(const auto text, keep.load(name));
        if (!text) continue;
        const base::ByteView bytes = base::as_bytes(*text);
        stored.emplace(name, base::Bytes(bytes.begin(), bytes.end()));
    }
    return stored;
}

base::Status persist_all(Keep& keep, const trust::Effects& effects) {
    for (const trust::Effect& effect : effects) {
        if (const auto* persist = std::get_if<trust::Persist>(&effect)) {
            TRY(keep.save(persist->file, base::as_text(persist->bytes)));
        } else {
            TRY(keep.remove(std::get<trust::Remove>(effect).file));
        }
    }
    return {};
}

NotTrusted unreachable(const base::Error& error) {
    return {install::Reason::download_failed, "fetching metadata: " + error.text(), true};
}

NotTrusted explain(const trust::Failed& failed) {
    NotTrusted result;
    result.detail = failed.error.text();
    switch (failed.cause) {
    case trust::Cause::transport:
    case trust::Cause::missing:
        return unreachable(failed.error);
    case trust::Cause::expired:
        result.reason = install::Reason::metadata_expired;
        break;
    case trust::Cause::malformed:
    case trust::Cause::untrusted:
    case trust::Cause::rollback:
        result.reason = install::Reason::verification_failed;
        break;
    case trust::Cause::bug:
        result.reason = install::Reason::agent_error;
        break;
    }
    return result;
}

} // namespace

TrustedTargets::Outcome TrustedTargets::follow(trust::Client& client, trust::Step step) {
    for (;;) {
        const auto kept = persist_all(keep_, step.effects);
        if (!kept.ok()) return NotTrusted{install::Reason::agent_error, kept.error().text(), false};
        const auto* fetch = std::get_if<trust::Fetch>(&step.next);
        if (fetch == nullptr) break;
        const auto got = repository_.metadata(fetch->name, fetch->max_bytes);
        if (!got.ok() && got.error().kind == base::ErrorKind::unavailable) return unreachable(got.error());
        if (!got.ok())
            step = client.failed(got.error());
        else if (!*got)
            step = client.missing();
        else
            step = client.received(**got);
    }
    if (auto* found = std::get_if<trust::Found>(&step.next)) return std::move(*found);
    if (const auto* failed = std::get_if<trust::Failed>(&step.next)) return explain(*failed);
    if (auto* none = std::get_if<trust::NotListed>(&step.next)) return std::move(*none);
    return std::monostate{};
}

std::variant<Listed, NotTrusted> TrustedTargets::look_up(const std::string& path, base::TimePoint now) {
    auto stored = load(keep_);
    if (!stored.ok()) return NotTrusted{install::Reason::agent_error, stored.error().text(), false};
    trust::Client client(std::move(stored).value(), now, reader_);
    Outcome outcome = follow(client, client.look_up(path));
    if (auto* found = std::get_if<trust::Found>(&outcome)) return Listed{std::move(found->file)};
    if (auto* failed = std::get_if<NotTrusted>(&outcome)) return std::move(*failed);
    return NotTrusted{install::Reason::verification_failed, "\"" + path + "\" is not in the signed targets",
                      false};
}

std::optional<NotTrusted> TrustedTargets::refresh(base::TimePoint now) {
    auto stored = load(keep_);
    if (!stored.ok()) return NotTrusted{install::Reason::agent_error, stored.error().text(), false};
    trust::Client client(std::move(stored).value(), now, reader_);
    Outcome outcome = follow(client, client.refresh());
    if (auto* failed = std::get_if<NotTrusted>(&outcome)) return std::move(*failed);
    return std::nullopt;
}

} // namespace oakum::updates
