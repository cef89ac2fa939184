// SPDX-License-Identifier: Apache-2.0
#include "support.hpp"

#include <advisory/shared.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <random>

using namespace oakum;
using namespace oakum::advisory;
using namespace oakum::advisory::testing;
using component::Component;

namespace {

base::Digest256 id_of(const Component& c) {
    return base::sha256(std::to_string(static_cast<int>(c.kind)) + "|" + c.name + "|" + c.version + "|" +
                        c.purl + "|" + c.cpe + "|" + c.patch_level);
}

// A software set on what lies beneath it.
struct Set {
    std::vector<Component> components, beneath;
    std::vector<component::Statement> statements;
};

// Made-up records and sets that meet often: few products, few versions, every kind of rule and of platform.
class Dice {
  public:
    explicit Dice(std::uint32_t seed) : draw_(seed) {}
    unsigned below(unsigned end) { return static_cast<unsigned>(draw_()) % end; }
    bool one_in(unsigned n) { return below(n) == 0; }
    template <std::size_t N> std::string pick(const std::array<const char*, N>& words) {
        return words[below(N)];
    }
    std::string version() { return std::to_string(below(4)) + "." + std::to_string(below(5)); }
    std::string product() {
        return pick(std::array{"curl", "busybox", "dropbear", "zlib", "router_firmware"});
    }
    std::string cve() { return "CVE-2024-" + std::to_string(1000 + below(30)); }

    Record record() {
        Record out;
        out.modified = base::from_unix_ms(1000 + below(5));
        out.withdrawn = one_in(15);
        for (unsigned n = 1 + below(3); n > 0; --n)
            switch (below(9)) {
            case 0:
            case 1:
                out.source = Source::nvd;
                out.applicability.push_back(configuration());
                break;
            case 2:
                out.source = Source::cve5;
                out.applicability.push_back(statement());
                break;
            case 3:
                out.source = Source::apple;
                out.applicability.push_back(AppleRelease{
                    pick(std::array{"ios", "ipados", "macos"}),
                    std::to_string(15 + below(3)) + "." + std::to_string(below(4)),
                    "",
                    {},
                    one_in(2) ? std::vector<std::string>{"iPhone16,1"} : std::vector<std::string>()});
                break;
            case 4:
                out.source = Source::csaf;
                out.applicability.push_back(stated());
                break;
            case 5: {
                out.source = Source::debian;
                auto tracked = std::get<PackageStatement>(package());
                tracked.note = one_in(2) ? "postponed" : "";
                tracked.harmless = one_in(3);
                tracked.status = static_cast<Status>(below(3));
                out.part = tracked.name;
                out.applicability.push_back(tracked);
                break;
            }
            default:
                out.source = Source::osv;
                out.applicability.push_back(package());
                break;
            }
        out.id = out.source != Source::osv ? cve()
                 : one_in(3)               ? "DEBIAN-" + cve()
                                           : "GHSA-" + std::to_string(below(20));
        if (one_in(3)) out.aliases.push_back(one_in(2) ? cve() : "GHSA-" + std::to_string(below(20)));
        if (one_in(6)) out.covers = {cve(), cve()};
        if (one_in(3)) out.cvss = {{"cna", "", 1.0 + below(9)}};
        return out;
    }

    Component component() {
        const std::string name = product();
        switch (below(8)) {
        case 0:
            return packaged(name, "pkg:deb/debian/" + name + "@" + version() + "-1?distro=debian-12");
        case 1:
            return packaged(name, "pkg:deb/debian/" + name + "@" + version() + "-1");
        case 2: {
            Component out = packaged(name, "pkg:pypi/" + name + "@" + version());
            out.version = version();
            return out;
        }
        case 3: {
            Component out = software("linux", pick(std::array{"5.10.7", "5.15.2", "6.1.9", "6.6"}), "");
            out.kind = component::Kind::kernel;
            return out;
        }
        case 4: {
            Component out;
            out.kind = component::Kind::operating_system;
            out.name = pick(std::array{"ios", "android", "ipados", "debian", "alpine"});
            out.version = out.name == "android"  ? std::to_string(12 + below(3))
                          : out.name == "debian" ? "12"
                          : out.name == "alpine"
                              ? "3.19.1"
                              : std::to_string(14 + below(4)) + "." + std::to_string(below(4));
            if (out.name == "android") out.patch_level = "2024-0" + std::to_string(1 + below(9)) + "-05";
            return out;
        }
        case 5:
            return hardware(pick(std::array{"iPhone16,1", "google", "router"}),
                            one_in(2) ? cpe("h", "maker", "router", "-") : "");
        default:
            return software(name, version(),
                            cpe(name == "router_firmware" ? "o" : "a", "maker", name,
                                one_in(5) ? "*" : version(),
                                one_in(4) ? "*:*:*:*:linux:*:*" : "*:*:*:*:*:*:*"));
        }
    }

    Set set() {
        Set out;
        for (unsigned n = 1 + below(7); n > 0; --n)
            out.components.push_back(component());
        for (unsigned n = below(4); n > 0; --n)
            out.beneath.push_back(component());
        for (unsigned n = one_in(3) ? 1 + below(3) : 0; n > 0; --n)
            out.statements.push_back({cve(), one_in(2) ? product() : "",
                                      static_cast<component::StatementStatus>(below(4)), "said so"});
        return out;
    }

    template <class Rows> void shuffle(Rows& rows) {
        for (std::size_t i = rows.size(); i > 1; --i)
            std::swap(rows[i - 1], rows[below(static_cast<unsigned>(i))]);
    }

  private:
    CpeMatch match(const std::string& part, const std::string& name, bool vulnerable) {
        CpeMatch out = criteria(cpe(part, "maker", name,
                                    one_in(3)   ? version()
                                    : one_in(8) ? "-"
                                                : "*",
                                    one_in(6)   ? "*:*:*:*:windows:*:*"
                                    : one_in(6) ? "*:*:*:*:linux:*:*"
                                                : "*:*:*:*:*:*:*"),
                                vulnerable);
        if (one_in(2)) (one_in(2) ? out.end_excluding : out.end_including) = version();
        if (one_in(3)) out.start_including = version();
        return out;
    }
    Applicability configuration() {
        const std::string name = product();
        const std::string part = name == "router_firmware" ? "o" : "a";
        if (one_in(6)) return any_of({before(cpe("o", "linux", "linux_kernel", "*"), "5.1" + version())});
        if (one_in(2)) return any_of({match(part, name, true), match("a", product(), !one_in(4))});
        CpeConfiguration out =
            all_of({{match(part, name, true)},
                    {one_in(2) ? match("h", "router", false)
                               : match("o", one_in(2) ? "router_firmware" : "os", false)}});
        if (one_in(3))
            out.nodes.back().matches.push_back(criteria(cpe("o", "apple", "iphone_os", "*"), false));
        out.nodes.back().negate = one_in(5);
        return out;
    }
    Applicability statement() {
        ProductStatement out;
        const bool kernel = one_in(4);
        out.vendor = kernel ? "Linux" : "maker";
        out.product = kernel ? "Linux" : product();
        if (one_in(3)) out.cpes.push_back(cpe("a", "maker", product(), "*"));
        if (one_in(3)) out.package_url = "pkg:pypi/" + product();
        if (one_in(3)) out.platforms = {pick(std::array{"Windows", "Linux", "iOS"})};
        out.default_status = static_cast<Status>(below(3));
        for (unsigned n = below(3); n > 0; --n) {
            VersionEntry entry;
            entry.version = one_in(6) ? "some" : kernel ? "5." + version() : version();
            entry.status = static_cast<Status>(below(3));
            if (one_in(2)) entry.less_than = kernel ? "6." + version() : version();
            if (entry.less_than && one_in(3)) entry.changes.push_back({version(), Status::unaffected});
            if (one_in(5)) entry.version_type = "git";
            out.versions.push_back(entry);
        }
        return out;
    }
    Applicability stated() {
        MakerStatement out;
        out.status = static_cast<component::StatementStatus>(below(4));
        if (one_in(2)) {
            out.purl = (one_in(2) ? "pkg:pypi/" : "pkg:deb/debian/") + product();
            if (one_in(3)) out.purl += "@" + version();
        } else {
            out.vendor = "maker";
            out.product = product();
        }
        for (unsigned n = below(3); n > 0; --n)
            out.versions.push_back(
                {pick(std::array{"< ", ">= ", "", "serial "}) + version(), {}, {}, {}, {}, {}});
        if (one_in(2)) out.fixed_in = version();
        out.reason = pick(std::array{"", "not built in"});
        return out;
    }
    Applicability package() {
        PackageStatement out;
        using Kind = RangeEvent::Kind;
        if (one_in(4)) {
            out.ecosystem = "Android";
            out.name = "platform/frameworks/base";
            const std::string major = one_in(5) ? "" : one_in(6) ? "Qualcomm" : std::to_string(12 + below(3));
            out.ranges.push_back({RangeType::ecosystem,
                                  {{Kind::introduced, major + ":0"},
                                   {Kind::fixed, major + ":2024-0" + std::to_string(1 + below(9)) + "-01"}}});
            return out;
        }
        out.ecosystem = pick(std::array{"Debian:12", "Debian:11", "Alpine:v3.19", "PyPI", "PyPI"});
        out.name = product();
        if (!one_in(4)) {
            PackageRange range{one_in(8) ? RangeType::git : RangeType::ecosystem, {{Kind::introduced, "0"}}};
            if (!one_in(3))
                range.events.push_back({one_in(2) ? Kind::fixed : Kind::last_affected, version()});
            out.ranges.push_back(range);
        }
        if (one_in(2)) out.versions = {version(), version()};
        return out;
    }

    std::mt19937 draw_;
};

// The feeds at one moment, and some change to them.
struct Feeds {
    std::vector<Record> records;
    std::map<std::string, KevEntry> kev;
    std::map<std::string, EpssScore> epss;

    void change(Dice& dice) {
        switch (dice.below(8)) {
        case 0:
            records.push_back(dice.record());
            break;
        case 1:
            if (!records.empty())
                records.erase(records.begin() + dice.below(static_cast<unsigned>(records.size())));
            break;
        case 2:
            if (!records.empty()) any(dice).withdrawn = true;
            break;
        case 3:
            if (!records.empty()) any(dice).aliases = {dice.cve()};
            break;
        case 4:
            kev[dice.cve()].ransomware = dice.one_in(2);
            break;
        case 5:
            epss[dice.cve()].probability = static_cast<float>(dice.below(100)) / 100.0F;
            break;
        case 6:
            dice.shuffle(records); // the same records in another order
            break;
        default:
            if (!records.empty()) {
                Record& record = any(dice);
                Record other = dice.record();
                other.id = record.id;
                other.source = record.source;
                record = other;
            }
        }
    }
    Record& any(Dice& dice) { return records[dice.below(static_cast<unsigned>(records.size()))]; }
    std::unique_ptr<Compiled> compiled() const {
        std::vector<KevEntry> listed;
        for (auto [id, entry] : kev) {
            entry.id = id;
            listed.push_back(entry);
        }
        std::vector<EpssScore> scored;
        for (auto [id, score] : epss) {
            score.id = id;
            scored.push_back(score);
        }
        // In place: the file is read from the bytes that stand beside it.
        auto out = std::make_unique<Compiled>(compile(records, listed, scored));
        out->file = AdvisoryFile::open(out->bytes).value();
        return out;
    }
};

// Every set by way of what is shared: from the parts that it had where they can be carried, else judged.
class Fleet {
  public:
    explicit Fleet(std::vector<Set> sets) : sets_(std::move(sets)), parts_(sets_.size()) {}

    void assess(SharedMatcher& matcher, const AdvisoryFile& file) {
        for (std::size_t s = 0; s < sets_.size(); ++s) {
            const Set& set = sets_[s];
            const Surroundings around(set.components, set.beneath);
            std::vector<SharedMatcher::Part> now;
            std::vector<const Judged*> each;
            for (std::size_t c = 0; c < set.components.size(); ++c) {
                const auto id = id_of(set.components[c]);
                auto part = parts_[s].empty() ? nullptr : matcher.carry(id, parts_[s][c]);
                if (part == nullptr) part = matcher.judge(id, set.components[c], around);
                each.push_back(part.get());
                now.push_back(std::move(part));
            }
            const SetAssessment shared = assemble(file, set.components, set.statements, each);
            const SetAssessment anew = match_set(file, set.components, set.statements, set.beneath);
            CHECK(shared.verdicts == anew.verdicts);
            CHECK(shared.statements_without_advisory == anew.statements_without_advisory);
            CHECK(std::tie(shared.affected, shared.unknown, shared.fixed, shared.not_affected,
                           shared.exploited) ==
                  std::tie(anew.affected, anew.unknown, anew.fixed, anew.not_affected, anew.exploited));
            REQUIRE(shared.not_assessed.size() == anew.not_assessed.size());
            for (std::size_t i = 0; i < shared.not_assessed.size(); ++i) {
                CHECK(shared.not_assessed[i].component == anew.not_assessed[i].component);
                CHECK(shared.not_assessed[i].reason == anew.not_assessed[i].reason);
            }
            findings_ += anew.verdicts.size();
            parts_[s] = std::move(now);
        }
        matcher.end_carrying();
    }
    std::size_t findings() const { return findings_; }
    std::size_t components() const {
        std::size_t all = 0;
        for (const Set& set : sets_)
            all += set.components.size();
        return all;
    }

  private:
    std::vector<Set> sets_;
    std::vector<std::vector<SharedMatcher::Part>> parts_;
    std::size_t findings_ = 0;
};

} // namespace

TEST_CASE("what is carried from one file to the next is what matching anew gives, whatever changes") {
    std::uint64_t judged = 0, carried = 0;
    std::size_t findings = 0;
    for (std::uint32_t seed = 1; seed <= 150; ++seed) {
        CAPTURE(seed);
        Dice dice(seed);
        Feeds feeds;
        for (unsigned n = 5 + dice.below(60); n > 0; --n)
            feeds.records.push_back(dice.record());
        std::vector<Set> sets;
        for (int n = 0; n < 12; ++n)
            sets.push_back(dice.set());
        sets.push_back(sets.front()); // the same software on something else
        sets.back().beneath = dice.set().components;
        Fleet fleet(sets);
        auto before = feeds.compiled();
        {
            SharedMatcher first(before->file);
            fleet.assess(first, before->file);
            CHECK(first.counts().carried == 0);
        }
        for (int round = 0; round < 4; ++round) {
            for (unsigned n = 1 + dice.below(4); n > 0; --n)
                feeds.change(dice);
            auto now = feeds.compiled();
            SharedMatcher matcher(now->file, before->file);
            fleet.assess(matcher, now->file);
            judged += matcher.counts().judged;
            carried += matcher.counts().carried;
            before = std::move(now);
        }
        findings += fleet.findings();
    }
    // The dice meet all of it: there is something to find, to carry and to judge anew.
    CHECK(findings > 10'000);
    CHECK(carried > 10'000);
    CHECK(judged > 3'000);
}

TEST_CASE("scores, the catalogue of what is exploited and the order of records change no judgement") {
    Dice dice(7);
    Feeds feeds;
    for (int n = 0; n < 80; ++n)
        feeds.records.push_back(dice.record());
    // Two records of one id and equal age: the later counts, so that their order would matter.
    std::sort(feeds.records.begin(), feeds.records.end(), [](const Record& a, const Record& b) {
        return std::tuple(a.id, a.source) < std::tuple(b.id, b.source);
    });
    feeds.records.erase(
        std::unique(feeds.records.begin(), feeds.records.end(),
                    [](const Record& a, const Record& b) { return a.id == b.id && a.source == b.source; }),
        feeds.records.end());
    std::vector<Set> sets;
    for (int n = 0; n < 30; ++n)
        sets.push_back(dice.set());
    Fleet fleet(sets);
    const auto before = feeds.compiled();
    SharedMatcher first(before->file);
    fleet.assess(first, before->file);
    for (int n = 0; n < 10; ++n)
        feeds.epss["CVE-2024-" + std::to_string(1000 + n)].probability = 0.5F;
    for (const Record& record : feeds.records)
        if (record.source == Source::nvd) feeds.kev[record.id].ransomware = true;
    dice.shuffle(feeds.records);
    const auto now = feeds.compiled();
    SharedMatcher second(now->file, before->file);
    fleet.assess(second, now->file);
    CHECK(second.counts().judged == 0);
    CHECK(second.counts().carried == first.counts().judged);
    CHECK(first.counts().judged < fleet.components());
}

TEST_CASE("advisories of a distribution that come and go concern its packages alone") {
    const auto packages = [](const std::string& release) {
        return record(Source::osv, "D-" + release, {PackageStatement{release, "other", "", {}, {"1.0"}, ""}});
    };
    const Component curl = packaged("curl", "pkg:deb/debian/curl@7.0-1?distro=debian-12&upstream=curl");
    const Component zlib = software("zlib", "1.0", cpe("a", "maker", "zlib", "1.0"));
    const auto without = compile({packages("Debian:11")});
    const auto with = compile({packages("Debian:11"), packages("Debian:12")});
    SharedMatcher first(without.file);
    const Surroundings alone(std::span<const Component>{});
    const auto curl_before = first.judge(id_of(curl), curl, alone);
    const auto zlib_before = first.judge(id_of(zlib), zlib, alone);
    CHECK_FALSE(curl_before->why_not.empty());
    SharedMatcher second(with.file, without.file);
    CHECK(second.carry(id_of(curl), curl_before) == nullptr);
    CHECK(second.carry(id_of(zlib), zlib_before) != nullptr);
    CHECK(second.judge(id_of(curl), curl, alone)->why_not.empty());
    // A package whose source is not stated waits for an advisory that has its name, of whichever release.
    const Component dpkg = packaged("dpkg", "pkg:deb/debian/dpkg@1.0?distro=debian-12");
    const auto dpkg_before = second.judge(id_of(dpkg), dpkg, alone);
    CHECK_FALSE(dpkg_before->why_not.empty());
    const auto named =
        compile({packages("Debian:11"), packages("Debian:12"),
                 record(Source::osv, "D-1", {PackageStatement{"Debian:11", "dpkg", "", {}, {"0.1"}, ""}})});
    SharedMatcher third(named.file, with.file);
    CHECK(third.carry(id_of(dpkg), dpkg_before) == nullptr);
    CHECK(third.judge(id_of(dpkg), dpkg, alone)->why_not.empty());
}

TEST_CASE("advisories of an ecosystem that come and go concern its packages alone") {
    const auto package = [](const std::string& ecosystem) {
        return record(Source::osv, "E-" + ecosystem,
                      {PackageStatement{ecosystem, "other", "", {}, {"1.0"}, ""}});
    };
    const Component left_pad = packaged("left-pad", "pkg:npm/left-pad@1.3.0");
    const Component django = packaged("django", "pkg:pypi/django@4.1");
    const auto without = compile({package("PyPI")});
    const auto with = compile({package("PyPI"), package("npm")});
    const Surroundings alone(std::span<const Component>{});
    SharedMatcher first(without.file);
    const auto left_pad_before = first.judge(id_of(left_pad), left_pad, alone);
    const auto django_before = first.judge(id_of(django), django, alone);
    CHECK_FALSE(left_pad_before->why_not.empty());
    CHECK(django_before->why_not.empty());
    SharedMatcher second(with.file, without.file);
    CHECK(second.carry(id_of(left_pad), left_pad_before) == nullptr);
    CHECK(second.carry(id_of(django), django_before) != nullptr);
    const auto left_pad_with = second.judge(id_of(left_pad), left_pad, alone);
    CHECK(left_pad_with->why_not.empty());
    // And when they are gone again.
    SharedMatcher third(without.file, with.file);
    CHECK(third.carry(id_of(left_pad), left_pad_with) == nullptr);
    CHECK_FALSE(third.judge(id_of(left_pad), left_pad, alone)->why_not.empty());
}

TEST_CASE("a component that asks nothing of its platform is judged once for all of them") {
    const auto data =
        compile({record(Source::nvd, "CVE-1-1", {any_of({before(cpe("a", "v", "p", "*"), "2.0")})}),
                 record(Source::nvd, "CVE-1-2",
                        {all_of({{before(cpe("a", "v", "q", "*"), "2.0")},
                                 {criteria(cpe("h", "v", "box", "-"), false)}})})});
    const Component plain = software("p", "1.0", cpe("a", "v", "p", "1.0"));
    const Component asking = software("q", "1.0", cpe("a", "v", "q", "1.0"));
    const std::vector<Component> box{hardware("box", cpe("h", "v", "box", "-"))};
    const std::vector<Component> board{hardware("board", cpe("h", "v", "board", "-"))};
    const std::vector<Component> board_again{hardware("board 2", cpe("h", "v", "board", "-"))};
    SharedMatcher matcher(data.file);
    const auto judged = [&](const Component& c, const std::vector<Component>& beneath) {
        return matcher.judge(id_of(c), c, Surroundings(std::span(&c, 1), beneath));
    };
    CHECK(judged(plain, box) == judged(plain, board));
    CHECK(judged(asking, box)->verdicts.front().verdict == Verdict::affected);
    CHECK(judged(asking, board)->verdicts.empty());
    CHECK(judged(asking, board) == judged(asking, board_again));
    CHECK(matcher.counts().judged == 3);
}
