// SPDX-License-Identifier: Apache-2.0
#include "support.hpp"

#include <cstring>

using namespace oakum;
using namespace oakum::advisory;
using namespace oakum::advisory::testing;

namespace {

std::optional<double> fixed_score(std::string_view vector) {
    return vector == "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N" ? std::optional(8.2) : std::nullopt;
}

std::vector<Record> sample() {
    auto nvd = record(Source::nvd, "CVE-2024-1", {any_of({before(cpe("a", "v", "p", "*"), "2.0")})}, 5000);
    nvd.description = "A hole in p.";
    nvd.published = base::from_unix_ms(1000);
    nvd.cvss = {{"nvd@nist.gov", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8},
                {"nvd@nist.gov", "AV:N/AC:L/Au:N/C:P/I:P/A:P", 7.5}};
    nvd.weaknesses = {"CWE-79", "CWE-79"};
    auto cve5 = record(Source::cve5, "CVE-2024-1", {}, 6000);
    cve5.title = "p: hole";
    cve5.description = "There is a hole in p.";
    cve5.cvss = {{"cna", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N", 0}};
    cve5.ssvc = SsvcPoints{"PoC", "Yes", "total"};
    auto ghsa = record(Source::osv, "GHSA-aaaa", {}, 4000);
    ghsa.aliases = {"CVE-2024-1"};
    return {ghsa, nvd, cve5, record(Source::osv, "OSV-2020-1", {})};
}

} // namespace

TEST_CASE("an advisory gathers what all its sources say") {
    const auto data = compile(
        sample(),
        {{"CVE-2024-1", base::from_unix_ms(7000), base::from_unix_ms(8000), true, "p Hole", "Patch."}},
        {{"CVE-2024-1", 0.42F, 0.97F}, {"CVE-1999-9", 0.1F, 0.1F}}, fixed_score);
    REQUIRE(data.file.size() == 2);
    const auto found = data.file.find("GHSA-aaaa");
    REQUIRE(found.size() == 1);
    const auto a = data.file.advisory(found[0]);
    CHECK(a.id == "CVE-2024-1");
    CHECK(a.ids == std::vector<std::string_view>{"CVE-2024-1", "GHSA-aaaa"});
    CHECK(a.title == "p: hole");
    CHECK(a.description == "There is a hole in p.");
    CHECK(a.published == base::from_unix_ms(1000));
    CHECK(a.modified == base::from_unix_ms(6000));
    REQUIRE(a.cvss.size() == 3);
    CHECK(a.cvss[0].source == "cna");
    CHECK(a.cvss[2].vector == "AV:N/AC:L/Au:N/C:P/I:P/A:P");
    CHECK(a.base_score == doctest::Approx(8.2));
    CHECK(a.severity == Severity::high);
    CHECK(a.confidentiality == Loss::total);
    CHECK(a.integrity == Loss::partial);
    CHECK(a.availability == Loss::none);
    CHECK(a.exploitation == Exploitation::poc);
    CHECK(a.automatable == Answer::yes);
    CHECK(a.technical_impact == TechnicalImpact::total);
    CHECK(a.exploited);
    REQUIRE(a.kev.has_value());
    CHECK(a.kev->ransomware);
    CHECK(a.kev->due == base::from_unix_ms(8000));
    REQUIRE(a.epss.has_value());
    CHECK(a.epss->probability == doctest::Approx(0.42F));
    CHECK(a.weaknesses == std::vector<std::string_view>{"CWE-79"});
    CHECK(a.sources == std::vector<Source>{Source::cve5, Source::nvd, Source::osv});
    CHECK(data.file.counts().kev == 1);
    CHECK(data.file.counts().epss == 1);
    const auto other = data.file.advisory(data.file.find("OSV-2020-1").at(0));
    CHECK(other.severity == Severity::not_scored);
    CHECK_FALSE(other.kev.has_value());
    CHECK(data.file.find("CVE-0000-0").empty());
}

TEST_CASE("an alias given to two CVE ids does not melt them together") {
    auto one = record(Source::osv, "GHSA-1", {});
    one.aliases = {"CVE-2024-1"};
    auto two = record(Source::osv, "PYSEC-2", {});
    two.aliases = {"GHSA-1", "CVE-2024-2"};
    auto three = record(Source::osv, "GO-3", {});
    three.aliases = {"PYSEC-2"};
    const auto data = compile({one, two, three});
    CHECK(data.file.size() == 2);
    CHECK(data.file.id(0) == "CVE-2024-1");
    CHECK(data.file.id(1) == "CVE-2024-2");
    CHECK(data.file.find("GHSA-1").size() == 2);
    CHECK(data.file.find("GO-3").size() == 1);
}

TEST_CASE("a catalogue's entry without any record is an advisory still") {
    const auto data =
        compile({}, {{"CVE-2020-5", base::from_unix_ms(1), base::from_unix_ms(2), false, "Named", "Act."}});
    REQUIRE(data.file.size() == 1);
    CHECK(data.file.advisory(0).title == "Named");
    CHECK(data.file.advisory(0).exploited);
}

TEST_CASE("the same records give the same bytes") {
    CHECK(compile(sample()).bytes == compile(sample()).bytes);
}

TEST_CASE("long descriptions are cut between words") {
    auto long_one = record(Source::nvd, "CVE-1-1", {});
    for (int i = 0; i < 300; ++i)
        long_one.description += "w\xC3\xB6rter ";
    const auto data = compile({long_one});
    const auto text = data.file.advisory(0).description;
    CHECK(text.size() <= 700);
    CHECK(text.size() > 600);
    CHECK(base::is_utf8(text));
    CHECK(text.ends_with("rter"));
}

TEST_CASE("a file of another kind, version or length is refused") {
    const auto data = compile(sample());
    CHECK_FALSE(AdvisoryFile::open({}).ok());
    CHECK_FALSE(AdvisoryFile::open(base::as_bytes("hello")).ok());
    auto bytes = data.bytes;
    bytes[0] ^= 1;
    CHECK_FALSE(AdvisoryFile::open(bytes).ok());
    bytes = data.bytes;
    bytes[8] ^= 1;
    CHECK(AdvisoryFile::open(bytes).error().message.find("format") != std::string::npos);
    bytes = data.bytes;
    bytes.pop_back();
    CHECK_FALSE(AdvisoryFile::open(bytes).ok());
    CHECK(AdvisoryFile().size() == 0);
    CHECK(AdvisoryFile().verify().ok());
    CHECK(match(AdvisoryFile(), software("p", "1", cpe("a", "v", "p", "1")), {}).empty());
}

TEST_CASE("damage anywhere is noticed by verify and never read out of bounds") {
    const auto data = compile(sample(), {{"CVE-2024-1", {}, {}, false, "n", "a"}});
    const auto p = software("p", "1", cpe("a", "v", "p", "1"));
    for (std::size_t at = 0; at < data.bytes.size(); ++at) {
        auto bytes = data.bytes;
        bytes[at] ^= 0xFF;
        const auto file = AdvisoryFile::open(bytes);
        if (!file.ok()) continue;
        if (at < 40 || at >= 72) CHECK_FALSE(file->verify().ok());
        for (std::uint32_t i = 0; i < std::min(file->size(), 8U); ++i)
            (void)file->advisory(i);
        (void)file->find("CVE-2024-1");
        for (const auto& verdict : match(*file, p, {}, Detail::everything))
            (void)evidence(*file, p, verdict);
    }
}

TEST_CASE("an advisory says since when it is in our data, through each file that replaces another") {
    const auto compiled = [](const std::vector<Record>& records, const AdvisoryCompiler::Since& since) {
        AdvisoryCompiler compiler(no_score);
        for (const Record& each : records)
            compiler.add(each);
        return compiler.compile(since).value();
    };
    const auto held = [](const AdvisoryFile& file, const char* id) {
        const auto at = file.first_held(file.find(id).at(0));
        return at ? base::unix_ms(*at) : 0;
    };
    const auto at = [](std::int64_t ms) { return base::from_unix_ms(ms); };
    const auto one = record(Source::nvd, "CVE-2024-1", {}), two = record(Source::nvd, "CVE-2024-2", {});
    const auto first = compiled({one}, {nullptr, at(1000)});
    const auto opened = AdvisoryFile::open(first).value();
    CHECK(held(opened, "CVE-2024-1") == 1000);
    const auto second = compiled({one, two}, {&opened, at(2000)});
    const auto reopened = AdvisoryFile::open(second).value();
    CHECK(held(reopened, "CVE-2024-1") == 1000);
    CHECK(held(reopened, "CVE-2024-2") == 2000);
    CHECK(reopened.advisory(reopened.find("CVE-2024-2").at(0)).first_held == at(2000));
    // Under another id: the record that joins both was known earlier.
    auto joined = record(Source::osv, "GHSA-1", {});
    joined.aliases = {"CVE-2024-3"};
    const auto third = compiled({joined}, {nullptr, at(500)});
    const auto before = AdvisoryFile::open(third).value();
    const auto fourth = compiled({joined, record(Source::nvd, "CVE-2024-3", {})}, {&before, at(3000)});
    CHECK(held(AdvisoryFile::open(fourth).value(), "CVE-2024-3") == 500);
    // What nobody knew stays so, and what is new since is known.
    const auto unknown = compiled({one}, {});
    const auto lost = AdvisoryFile::open(unknown).value();
    CHECK_FALSE(lost.first_held(0));
    const auto fifth = compiled({one, two}, {&lost, at(4000)});
    const auto after = AdvisoryFile::open(fifth).value();
    CHECK(held(after, "CVE-2024-1") == 0);
    CHECK(held(after, "CVE-2024-2") == 4000);
}
