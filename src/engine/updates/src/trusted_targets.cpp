// SPDX-License-Identifier: Apache-2.0
#include <updates/trusted_targets.hpp>

#include <updates/published_log.hpp>

#include <trust/direction.hpp>

namespace oakum::updates {
namespace {

// No role's file has this name: '+' in a role's name is escaped.
constexpr std::string_view kDirectionFile = "+director.json";

base::Result<trust::Client::Stored> load(Keep& keep) {
    trust::Client::Stored stored;
    TRY_VALUE(const auto names, keep.names());
    for (const std::string& name : names) {
        const auto text = keep.load(name);
        // Everything but the root is fetched again.
        if (!text.ok() && name != "root.json") continue;
        TRY(text);
        if (!*text) continue;
        const base::ByteView bytes = base::as_bytes(**text);
        stored.emplace(name, base::Bytes(bytes.begin(), bytes.end()));
    }
    return stored;
}

// What the director said last and the log's checkpoint are kept beside the roles' files, and are none of
// them.
std::optional<base::Bytes> take_our_own(trust::Client::Stored& stored) {
    stored.erase(std::string(PublishedLog::kCheckpoint));
    const auto kept = stored.find(std::string(kDirectionFile));
    if (kept == stored.end()) return std::nullopt;
    std::optional<base::Bytes> direction = std::move(kept->second);
    stored.erase(kept);
    return direction;
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
    return {install::Reason::download_failed, "fetching metadata: " + error.text(), true, {}};
}

// A folder that is older than what was seen since, or has ended, is nobody's attempt: people keep them in
// drawers.
NotTrusted of_folder(NotTrusted refused) {
    using trust::Attack;
    const bool old = refused.attack == Attack::freeze || refused.attack == Attack::rollback ||
                     refused.attack == Attack::replay;
    if (!old) return refused;
    refused.attack.reset();
    refused.detail += "; the folder has to be exported anew";
    return refused;
}

// A clock that has not reached the day on which the folder was made cannot tell whether it has ended.
std::optional<NotTrusted> check_clock(const trust::Order& order, base::TimePoint now) {
    constexpr base::Duration believed = std::chrono::hours(24);
    const base::TimePoint made = base::from_unix_ms(static_cast<std::int64_t>(order.header.version) * 1000);
    if (made <= now + believed) return std::nullopt;
    return NotTrusted{install::Reason::metadata_expired,
                      "the folder was made at " + base::to_iso8601(made) + ", and this device's clock says " +
                          base::to_iso8601(now) + ": set the clock",
                      false,
                      {}};
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
        result.attack = trust::Attack::freeze;
        break;
    case trust::Cause::malformed:
    case trust::Cause::untrusted:
        result.reason = install::Reason::verification_failed;
        result.attack = trust::Attack::unapproved;
        break;
    case trust::Cause::rollback:
        result.reason = install::Reason::verification_failed;
        result.attack = trust::Attack::rollback;
        break;
    case trust::Cause::local: // damage, not somebody's attempt
    case trust::Cause::bug:
        result.reason = install::Reason::agent_error;
        break;
    }
    return result;
}

} // namespace

base::Result<wire::Offer> TrustedTargets::peek(base::ByteView order, std::string_view device) const {
    auto read = reader_.order(order);
    if (!read.ok()) return base::Error(read.error()).wrap("the order");
    if (read->document.device != device) return base::denied("the order is for another device");
    auto answer = wire::decode_poll_reply(read->document.answer);
    if (!answer.ok()) return std::move(answer).error().wrap("the order");
    if (!answer->offer || answer->offer->withdrawn)
        return base::invalid("the order asks nothing of this device");
    return std::move(*answer->offer);
}

TrustedTargets::Outcome TrustedTargets::follow(trust::Client& client, trust::Step step) {
    for (;;) {
        const auto kept = persist_all(keep_, step.effects);
        if (!kept.ok()) return NotTrusted{install::Reason::agent_error, kept.error().text(), false, {}};
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

std::variant<Listed, NotTrusted> TrustedTargets::look_up(const Question& question, base::TimePoint now) {
    auto stored = load(keep_);
    if (!stored.ok()) return NotTrusted{install::Reason::agent_error, stored.error().text(), false, {}};
    const std::optional<base::Bytes> direction = take_our_own(*stored);
    const bool carried = !question.order.empty();
    if (carried)
        if (const auto offer = peek(question.order, question.device); !offer.ok())
            return NotTrusted{install::Reason::verification_failed, offer.error().text(), false,
                              offer.error().kind == base::ErrorKind::denied ? trust::Attack::wrong_device
                                                                            : trust::Attack::unapproved};
    trust::Client client(std::move(stored).value(), now, reader_,
                         carried ? std::optional(question.order) : std::nullopt);
    Outcome outcome = follow(client, client.look_up(question.path));
    if (auto* failed = std::get_if<NotTrusted>(&outcome))
        return carried ? of_folder(std::move(*failed)) : std::move(*failed);
    if (carried)
        if (auto early = check_clock(*client.trusted()->order(), now)) return std::move(*early);
    auto found_or_not = decide(client, outcome, question, direction, now);
    auto* no = std::get_if<NotTrusted>(&found_or_not);
    if (carried && no != nullptr) return of_folder(std::move(*no));
    return found_or_not;
}

std::variant<Listed, NotTrusted> TrustedTargets::decide(const trust::Client& client, const Outcome& outcome,
                                                        const Question& question,
                                                        const std::optional<base::Bytes>& direction,
                                                        base::TimePoint now) {
    const auto* found = std::get_if<trust::Found>(&outcome);
    if (found != nullptr && client.trusted()->root().has_log())
        if (auto objection =
                PublishedLog(repository_, keep_).check(client.trusted()->root(), question.path, found->file))
            return std::move(*objection);
    const bool directed = client.trusted() != nullptr && client.trusted()->root().has_director();
    if (found != nullptr && !directed) return Listed{found->file, {}};
    if (!directed)
        return NotTrusted{install::Reason::verification_failed,
                          "\"" + question.path + "\" is not in the signed targets",
                          false,
                          {}};
    return direct(client.trusted()->root(), question,
                  found == nullptr ? std::nullopt : std::optional(found->file), direction, now);
}

std::variant<Listed, NotTrusted> TrustedTargets::direct(const trust::Root& root, const Question& question,
                                                        const std::optional<trust::TargetFile>& image,
                                                        const std::optional<base::Bytes>& stored,
                                                        base::TimePoint now) {
    const auto refused = [](const trust::Refusal& refusal) {
        const bool over = refusal.attack == trust::Attack::replay;
        return NotTrusted{over ? install::Reason::metadata_expired : install::Reason::verification_failed,
                          refusal.error.text(), false, refusal.attack};
    };
    if (question.device.empty() || !question.ask_director)
        return NotTrusted{install::Reason::agent_error,
                          "the root names a director, and this program does not know how to ask it",
                          false,
                          {}};
    const auto answer = question.ask_director();
    if (!answer.ok()) return unreachable(answer.error());
    const auto said = reader_.targets(*answer);
    if (!said.ok())
        return refused({trust::Attack::unapproved, base::Error(said.error()).wrap("the director's word")});
    std::optional<trust::Signed<trust::Targets>> before;
    if (stored)
        if (auto read = reader_.targets(*stored);
            read.ok() && trust::is_directors(root, *read, question.device))
            before = std::move(*read);
    if (const auto refusal =
            trust::check_direction(root, *said, before ? &before->document : nullptr, question.device, now))
        return refused(*refusal);
    if (!stored || *stored != *answer) {
        const auto kept = keep_.save(std::string(kDirectionFile), base::as_text(*answer));
        if (!kept.ok()) return NotTrusted{install::Reason::agent_error, kept.error().text(), false, {}};
    }
    if (!image) {
        // Withdrawn since it was offered, unless the director stands by what nobody signed.
        const bool insists = said->document.files.contains(question.path);
        return NotTrusted{install::Reason::verification_failed,
                          "\"" + question.path + "\" is not in the signed targets", false,
                          insists ? std::optional(trust::Attack::unapproved) : std::nullopt};
    }
    const auto permitted =
        trust::permitted_until(said->document, question.device, question.path, *image, now);
    if (const auto* refusal = std::get_if<trust::Refusal>(&permitted)) return refused(*refusal);
    if (const auto* until = std::get_if<base::TimePoint>(&permitted)) return Listed{*image, *until};
    return NotTrusted{
        install::Reason::download_failed, "the director does not permit " + question.path + " now", true, {}};
}

std::optional<NotTrusted> TrustedTargets::refresh(base::TimePoint now) {
    auto stored = load(keep_);
    if (!stored.ok()) return NotTrusted{install::Reason::agent_error, stored.error().text(), false, {}};
    (void)take_our_own(*stored);
    trust::Client client(std::move(stored).value(), now, reader_);
    Outcome outcome = follow(client, client.refresh());
    if (auto* failed = std::get_if<NotTrusted>(&outcome)) return std::move(*failed);
    return std::nullopt;
}

} // namespace oakum::updates
