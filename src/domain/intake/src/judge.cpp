// SPDX-License-Identifier: Apache-2.0
#include <intake/judge.hpp>

#include <version/version.hpp>

#include <algorithm>
#include <compare>

namespace oakum::intake {
namespace {

constexpr std::size_t kNamed = 5; // advisories that a sentence lists

std::string grouped(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3; at -= 3)
        text.insert(at - 3, ",");
    return text;
}

std::string list_of(const std::vector<std::string>& texts, std::size_t most = kNamed) {
    std::string list;
    for (std::size_t i = 0; i < texts.size() && i < most; ++i)
        list += (i == 0 ? "" : ", ") + texts[i];
    if (texts.size() > most) list += " and " + grouped(texts.size() - most) + " more";
    return list;
}

// Below 0: `a` is older. Nothing: they cannot be ordered.
std::optional<std::strong_ordering> order_of(const std::string& a, const std::string& b) {
    const auto one = version::Version::parse(version::Scheme::generic, a);
    const auto other = version::Version::parse(version::Scheme::generic, b);
    if (!one.ok() || !other.ok()) return std::nullopt;
    return version::compare_keys(one->key(), other->key());
}

// "1.5" of 1.5.9; empty where a version does not begin with two numbers.
std::string series_of(const std::string& version) {
    const auto digits_from = [&](std::size_t at) {
        return std::min(version.find_first_not_of("0123456789", at), version.size());
    };
    const std::size_t major = digits_from(0);
    if (major == 0 || major == version.size() || version[major] != '.') return "";
    const std::size_t minor = digits_from(major + 1);
    const bool ends =
        minor == version.size() || std::string_view(".-+").find(version[minor]) != std::string_view::npos;
    return minor == major + 1 || !ends ? "" : version.substr(0, minor);
}

std::vector<std::string> of_series(const std::vector<std::string>& versions, const std::string& series) {
    std::vector<std::string> of;
    for (const std::string& each : versions)
        if (!series.empty() && series_of(each) == series) of.push_back(each);
    return of;
}

// "bert", "ci of bert": without the kind of actor.
std::string person(const std::string& actor) {
    const std::size_t space = actor.find(' ');
    return space == std::string::npos ? actor : actor.substr(space + 1);
}

class Judge {
  public:
    Judge(const Policy& policy, const Candidate& candidate, const Found& found, const Record& record)
        : policy_(policy), candidate_(candidate), found_(found), record_(record),
          content_(digest_of(candidate.content)) {}

    std::vector<Line> lines() const {
        std::vector<Line> lines;
        for (const Rule& rule : rules())
            lines.push_back(settled(line_of(rule.check)));
        return lines;
    }

  private:
    Line line_of(Check check) const {
        switch (check) {
        case Check::artifact:
            return artifact();
        case Check::type:
            return type();
        case Check::hardware:
            return hardware();
        case Check::version:
            return version();
        case Check::sbom:
            return sbom();
        case Check::exploited:
            return exploited();
        case Check::signature:
            return proof(Check::signature, found_.signatures, "signature");
        case Check::provenance:
            return proof(Check::provenance, found_.statements, "statement of how it was built");
        case Check::approval:
            return approval();
        }
        return {};
    }

    // What was found stays to be read where nobody asks for it. What the policy does not ask for stops
    // nothing.
    Line settled(Line line) const {
        if (!policy_.asks(line.check)) {
            if (stops(line.verdict) || line.verdict == Verdict::cannot_tell)
                line.verdict = Verdict::not_asked;
            return line;
        }
        if (line.verdict != Verdict::failed || !rule_of(line.check).overridable) return line;
        const auto exploited = found_.compared ? found_.compared->exploited : std::vector<std::string>();
        if (const Override* by = override_of(record_, line.check, content_, exploited)) {
            line.verdict = Verdict::overridden;
            line.evidence +=
                " " + person(by->by) + " let it through on " + base::to_date(by->at) + ": " + by->why;
        }
        return line;
    }

    Line artifact() const {
        if (!candidate_.held)
            return {Check::artifact, Verdict::failed, "The artifact is missing or damaged; upload it again."};
        if (!found_.unreadable.empty()) return {Check::artifact, Verdict::failed, found_.unreadable};
        if (found_.artifact != candidate_.content.artifact)
            return {Check::artifact, Verdict::failed,
                    "The draft was given another artifact while this one was looked at; look again."};
        if (found_.length != candidate_.length)
            return {Check::artifact, Verdict::failed,
                    "The stored file has " + grouped(found_.length) + " bytes and not the " +
                        grouped(candidate_.length) + " that were announced; upload it again."};
        return {Check::artifact, Verdict::passed,
                "The artifact is stored under its SHA-256 (" + grouped(candidate_.length) +
                    " bytes) and was read again on " + base::to_date(candidate_.read_again) + "."};
    }

    Line type() const {
        const auto declared = declared_by(candidate_.content.artifact_name);
        const std::string is(words(found_.kind));
        if (!readable()) return unread(Check::type);
        if (!declared)
            return {Check::type, Verdict::cannot_tell,
                    "Its name declares no kind of file; the bytes are " + is + "."};
        if (!agrees(*declared, found_.kind))
            return {Check::type, Verdict::failed,
                    "Its name " + candidate_.content.artifact_name + " says " +
                        std::string(words(*declared)) + ", and the bytes are " + is +
                        ". Upload the right file, or the same one under a name that fits."};
        return {Check::type, Verdict::passed, "It is " + is + ", as its name says."};
    }

    Line hardware() const {
        if (!readable()) return unread(Check::hardware);
        if (!found_.installs_on)
            return {Check::hardware, Verdict::cannot_tell,
                    "The file does not say for which hardware it is; the release says " +
                        list_of(candidate_.content.models) + "."};
        for (const std::string& model : candidate_.content.models)
            if (std::ranges::find(*found_.installs_on, model) == found_.installs_on->end())
                return {Check::hardware, Verdict::failed,
                        "The file installs on " + list_of(*found_.installs_on) +
                            " only, and the release is for " + model +
                            ". Change the release's models, or upload the file of that model."};
        return {Check::hardware, Verdict::passed,
                "The file itself says that it installs on " + list_of(candidate_.content.models) + "."};
    }

    // What the file itself says goes before what the release is called.
    std::optional<Line> own_version() const {
        if (found_.counter && found_.counter_before && *found_.counter < *found_.counter_before)
            return Line{Check::version, Verdict::failed,
                        "The file's security counter is " + std::to_string(*found_.counter) + ", below the " +
                            std::to_string(*found_.counter_before) + " of " + found_.before +
                            "; devices that ran that one refuse it. Build it with a higher counter."};
        if (found_.version.empty()) return std::nullopt;
        // "1.4.2+7": the build behind the plus is nobody's version.
        const auto says = version::Version::parse(version::Scheme::generic,
                                                  found_.version.substr(0, found_.version.find('+')));
        const std::string& called = candidate_.content.version;
        const auto mine =
            version::Version::parse(version::Scheme::generic, called.substr(0, called.find('+')));
        if (!says.ok() || !mine.ok() || version::compare_keys(says->key(), mine->key()) == 0)
            return std::nullopt;
        return Line{Check::version, Verdict::failed,
                    "The file says that it is " + found_.version + ", and the release is called " + called +
                        ". Create a release of the file's own version."};
    }

    // A line of releases has lines of its own: 1.5.9 repairs 1.5 and may come after 1.6.0.
    Line version() const {
        if (auto line = own_version()) return *line;
        const std::optional<std::string> newest = newest_of(candidate_.published);
        if (!newest) return {Check::version, Verdict::passed, "Nothing else of its line is published."};
        const std::string& mine = candidate_.content.version;
        const std::optional<std::strong_ordering> order = order_of(mine, *newest);
        if (!order)
            return {Check::version, Verdict::cannot_tell,
                    "It cannot be told whether " + mine + " comes after " + *newest +
                        ", the newest that is published."};
        if (*order >= 0)
            return {Check::version, Verdict::passed,
                    mine + " comes after " + *newest + ", the newest that is published."};
        const std::string series = series_of(mine);
        const std::optional<std::string> last = newest_of(of_series(candidate_.published, series));
        if (last && order_of(mine, *last).value_or(std::strong_ordering::less) > 0)
            return {Check::version, Verdict::passed,
                    mine + " comes after " + *last + ", the newest of " + series + " that is published. " +
                        *newest + " stays the newest of all."};
        const std::string repairs =
            last ? ", and not newer than " + *last + ", the newest of " + series : std::string();
        return {Check::version, Verdict::failed,
                mine + " is older than " + *newest + ", which is published" + repairs +
                    ". Withdraw that one, give this one a higher version, or have an administrator let it "
                    "through."};
    }

    Line sbom() const {
        if (candidate_.content.sbom.empty())
            return {Check::sbom, Verdict::failed,
                    "There is no SBOM, so nobody can tell what it fixes or brings. Give the draft one."};
        const std::string count = "An SBOM names " + grouped(found_.components) +
                                  (found_.components == 1 ? " component" : " components");
        if (candidate_.sbom_files.empty())
            return {Check::sbom, Verdict::failed,
                    count + ", and does not say of which file: it states no SHA-256 of what it describes."};
        if (std::ranges::find(candidate_.sbom_files, candidate_.content.artifact.hex()) ==
            candidate_.sbom_files.end())
            return {Check::sbom, Verdict::failed,
                    count + " of another file: it describes SHA-256 " + list_of(candidate_.sbom_files, 1) +
                        "."};
        return {Check::sbom, Verdict::passed, count + ", of these very bytes by their SHA-256."};
    }

    Line exploited() const {
        if (candidate_.content.sbom.empty())
            return {Check::exploited, Verdict::cannot_tell,
                    "There is no SBOM, so nobody can tell what it brings."};
        if (!found_.compared)
            return {Check::exploited, Verdict::cannot_tell,
                    "There is no advisory data here, so nobody can tell what it brings."};
        const Compared& compared = *found_.compared;
        const std::string effect = "Compared with " + compared.against + " it fixes " +
                                   grouped(compared.fixes) + " and brings " + grouped(compared.brings) + ".";
        const std::string alone = "There is nothing to compare it with; " + grouped(compared.brings) +
                                  (compared.brings == 1 ? " vulnerability is" : " vulnerabilities are") +
                                  " open in it.";
        const std::string& said = compared.against.empty() ? alone : effect;
        if (compared.exploited.empty())
            return {Check::exploited, Verdict::passed, said + " None of what it brings is being exploited."};
        return {Check::exploited, Verdict::failed,
                said + " Being exploited, of what it brings: " + list_of(compared.exploited) +
                    ". Publish a version without, or have an administrator let it through."};
    }

    Line proof(Check check, const std::vector<Proof>& proofs, std::string_view what) const {
        if (!readable()) return unread(check);
        if (found_.trust != candidate_.trust)
            return {check, Verdict::failed,
                    "Who is trusted, or what is attached, was changed while it was looked at; look again."};
        const Proven result = proven(proofs, what);
        return {check, result.counts ? Verdict::passed : Verdict::failed, result.evidence};
    }

    Line approval() const {
        const auto& decision = record_.decision;
        if (decision && decision->content == content_)
            return {Check::approval, decision->approved ? Verdict::passed : Verdict::failed,
                    person(decision->by) + (decision->approved ? " approved" : " refused") + " SHA-256 " +
                        candidate_.content.artifact.hex().substr(0, 12) + "... on " +
                        base::to_date(decision->at) + ": " + decision->why};
        if (decision)
            return {Check::approval, Verdict::waits,
                    "The draft was changed after " + person(decision->by) +
                        (decision->approved ? " approved" : " refused") + " it on " +
                        base::to_date(decision->at) + "; what it is now waits for an approval."};
        if (record_.makers.empty())
            return {Check::approval, Verdict::waits,
                    "Waits for an approval; who made it was not kept, so change the draft once before."};
        std::vector<std::string> makers;
        for (const std::string& maker : record_.makers)
            makers.push_back(person(maker));
        return {Check::approval, Verdict::waits,
                "Waits for the approval of somebody other than " + list_of(makers) + "."};
    }

    bool readable() const { return candidate_.held && found_.unreadable.empty(); }
    static Line unread(Check check) {
        return {check, Verdict::cannot_tell, "The artifact could not be read."};
    }

    const Policy& policy_;
    const Candidate& candidate_;
    const Found& found_;
    const Record& record_;
    const base::Digest256 content_;
};

} // namespace

std::vector<Line> judge(const Policy& policy, const Candidate& candidate, const Found& found,
                        const Record& record) {
    return Judge(policy, candidate, found, record).lines();
}

base::Digest256 digest_of_trust(const Policy& policy, const std::vector<std::string>& attached) {
    base::Sha256 hash;
    const auto feed = [&hash](std::string_view text) {
        hash.update(std::to_string(text.size()));
        hash.update(":");
        hash.update(text);
    };
    for (const Signer& signer : policy.signers()) {
        for (const std::string* text : {&signer.name, &signer.key, &signer.builder, &signer.build_type})
            feed(*text);
        feed(to_string(signer.kind));
        feed(std::to_string(signer.lines.size()));
        for (const std::string& line : signer.lines)
            feed(line);
        feed(std::to_string(signer.parameters.size()));
        for (const auto& [name, value] : signer.parameters) {
            feed(name);
            feed(value);
        }
    }
    feed("attached");
    for (const std::string& text : attached)
        feed(text);
    return hash.finish();
}

std::optional<std::string> newest_of(const std::vector<std::string>& versions) {
    std::optional<std::string> newest;
    for (const std::string& text : versions) {
        if (!newest) {
            newest = text;
            continue;
        }
        const auto a = version::Version::parse(version::Scheme::generic, *newest);
        const auto b = version::Version::parse(version::Scheme::generic, text);
        if (!a.ok() || !b.ok() || version::compare_keys(a->key(), b->key()) <= 0) newest = text;
    }
    return newest;
}

} // namespace oakum::intake
