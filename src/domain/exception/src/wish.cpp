// SPDX-License-Identifier: Apache-2.0
#include <base/bytes.hpp>
#include <device/query.hpp>
#include <exception/wish.hpp>

#include <algorithm>

namespace oakum::exception {
namespace {

bool is_printable(std::string_view text, bool lines) {
    return base::is_utf8(text) && std::ranges::all_of(text, [&](char c) {
               const auto byte = static_cast<unsigned char>(c);
               return byte >= 0x20 ? byte != 0x7f : lines && (c == '\n' || c == '\t');
           });
}

base::Status text(std::string_view value, std::size_t longest, std::string_view where, bool lines = true) {
    if (value.size() > longest)
        return base::invalid("at most " + std::to_string(longest) + " bytes").at(std::string(where));
    if (!is_printable(value, lines))
        return base::invalid("it has characters that are no text").at(std::string(where));
    return {};
}

bool asks_about_findings(const device::Query& query) {
    return std::ranges::any_of(query.terms, [](const device::Term& term) {
        return term.field == device::Field::finding || device::is_flag(term.field);
    });
}

base::Status check_kind(const Wish& wish) {
    const Subject& subject = wish.subject;
    const bool names_what = !subject.advisory.empty();
    if (wish.kind != Kind::suppress && !names_what)
        return base::invalid(
                   "name the vulnerability that it is about; only what is suppressed may be a class "
                   "of them")
            .at("/advisory");
    if (wish.kind == Kind::suppress && !names_what && subject.component.empty() && subject.below_tenths == 0)
        return base::invalid("say which findings: a vulnerability, a component, or a score below which")
            .at("/advisory");
    if (subject.below_tenths > 100) return base::invalid("scores go up to 10").at("/below_score");
    if (wish.kind != Kind::suppress && subject.below_tenths != 0)
        return base::invalid("a score is for what is suppressed").at("/below_score");
    if (wish.kind == Kind::not_affected && wish.justification == Justification::none)
        return base::invalid("say why it is not affected").at("/justification");
    if (wish.kind != Kind::not_affected && wish.justification != Justification::none)
        return base::invalid("a justification is for what is not affected").at("/justification");
    if (wish.kind == Kind::mitigate && wish.metric.empty())
        return base::invalid("say which metric the mitigation changes, such as MAV:A").at("/metric");
    if (wish.kind == Kind::mitigate && wish.evidence.empty())
        return base::invalid("a mitigation needs evidence: what was done, and where that can be seen")
            .at("/evidence");
    if (wish.kind != Kind::mitigate && !wish.metric.empty())
        return base::invalid("a metric is for what is mitigated").at("/metric");
    return {};
}

} // namespace

base::Status check(const Wish& wish, base::TimePoint now, base::Duration longest) {
    if (!wish.subject.advisory.empty()) {
        if (auto same = advisories_text(advisories_of(wish.subject)); !same.ok())
            return std::move(same).error();
    }
    TRY(text(wish.subject.component, 1024, "/component", false));
    TRY(text(wish.subject.versions, 1024, "/versions", false));
    TRY(text(wish.metric, 128, "/metric", false));
    TRY(text(wish.reason, kLongestText, "/reason"));
    if (wish.evidence.size() > kMostEvidence)
        return base::invalid("at most 16 pieces of evidence").at("/evidence");
    for (const std::string& piece : wish.evidence) {
        TRY(text(piece, kLongestText, "/evidence"));
        if (piece.empty()) return base::invalid("an empty piece is no evidence").at("/evidence");
    }
    if (wish.reason.empty()) return base::invalid("say why").at("/reason");
    TRY(check_kind(wish));
    if (auto matcher = Matcher::make(wish.subject); !matcher.ok()) return std::move(matcher).error();
    auto query = device::parse_query(wish.scope.query);
    if (!query.ok())
        return base::invalid(query.error().message + " (" + query.error().where + ")").at("/query");
    if (asks_about_findings(*query))
        return base::invalid("it says on which devices, so it asks for nothing that is found on them")
            .at("/query");
    const bool ends = wish.kind == Kind::accept || wish.kind == Kind::mitigate;
    if (ends && !wish.expires) return base::invalid("say until when").at("/expires");
    if (wish.expires && *wish.expires <= now) return base::invalid("that is past").at("/expires");
    if (wish.expires && *wish.expires > now + longest)
        return base::invalid(
                   "at most " +
                   std::to_string(std::chrono::duration_cast<std::chrono::hours>(longest).count() / 24) +
                   " days from now")
            .at("/expires");
    return {};
}

std::vector<std::string> advisories_of(const Subject& subject) {
    std::vector<std::string> ids;
    std::string_view rest = subject.advisory;
    while (!rest.empty()) {
        const std::size_t end = rest.find(kBetweenIds);
        ids.emplace_back(rest.substr(0, end));
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + kBetweenIds.size());
    }
    return ids;
}

base::Result<std::string> advisories_text(const std::vector<std::string>& ids) {
    if (ids.size() > kMostAdvisories)
        return base::invalid("at most " + std::to_string(kMostAdvisories) + " vulnerabilities at once")
            .at("/also");
    std::string joined;
    for (const std::string& id : ids) {
        const char* const where = joined.empty() ? "/advisory" : "/also";
        TRY(text(id, kLongestId, where, false));
        if (id.empty() || id.find(',') != std::string::npos) return base::invalid("it is one id").at(where);
        joined += (joined.empty() ? "" : std::string(kBetweenIds)) + id;
    }
    return joined;
}

std::string about_of(const Subject& subject) {
    const std::vector<std::string> ids = advisories_of(subject);
    if (ids.empty()) return "everything found";
    if (ids.size() == 1) return ids.front();
    return ids.front() + " and " + (ids.size() == 2 ? ids[1] : std::to_string(ids.size() - 1) + " more");
}

std::string sentence_of(const Wish& wish, std::string_view group) {
    const Subject& subject = wish.subject;
    std::string out = wish.kind == Kind::accept         ? "Accept "
                      : wish.kind == Kind::mitigate     ? "Count as mitigated: "
                      : wish.kind == Kind::not_affected ? "Not affected: "
                                                        : "Do not look after ";
    out += about_of(subject);
    if (!subject.component.empty()) out += " in " + subject.component;
    if (!subject.versions.empty()) out += " " + subject.versions;
    if (subject.below_tenths != 0)
        out += " with a score below " + std::to_string(subject.below_tenths / 10) + "." +
               std::to_string(subject.below_tenths % 10) + " that is not known to be exploited";
    if (!group.empty()) out += ", on devices of " + std::string(group);
    if (!wish.scope.query.empty())
        out += (group.empty() ? ", on devices with " : " with ") + wish.scope.query;
    if (group.empty() && wish.scope.query.empty()) out += ", on the whole fleet";
    if (wish.kind == Kind::mitigate) out += ", " + wish.metric;
    if (wish.expires) out += ", until " + base::to_date(*wish.expires);
    return out + ".";
}

} // namespace oakum::exception
