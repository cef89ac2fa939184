// SPDX-License-Identifier: Apache-2.0
#include "tables.hpp"

#include <sbom/document.hpp>

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <map>
#include <memory>

// The matcher against data/truth.tsv, whose labels are what the makers say of their own software
// (data/README.md). It fails when a class does worse than data/recorded.tsv.

using namespace oakum;
using namespace oakum::truth;

namespace {

struct Score {
    int right = 0;        // said affected, and is
    int false_alarm = 0;  // said affected, and is not
    int missed = 0;       // said clean, or nothing, and is affected
    int untold = 0;       // cannot tell, and is affected
    int untold_clean = 0; // cannot tell, and is not affected
    int clean = 0;        // said clean, and is

    int all() const { return right + false_alarm + missed + untold + untold_clean + clean; }
    static double ratio(int part, int whole) { return whole == 0 ? 1 : static_cast<double>(part) / whole; }
    double precision() const { return ratio(right, right + false_alarm); }
    double recall() const { return ratio(right, right + missed + untold); }
    double f1() const { return ratio(2 * right, 2 * right + false_alarm + missed + untold); }
    double cannot_tell() const { return ratio(untold + untold_clean, all()); }
};

// What the matcher is given to judge a class by; nothing where that is not here.
class Feeds {
  public:
    const Advisories* of(const std::string& kind) {
        const auto [found, fresh] = by_kind_.try_emplace(kind);
        if (fresh) found->second = load(kind);
        return found->second.get();
    }

  private:
    using Given = std::shared_ptr<const Advisories>;

    Given load(const std::string& kind) {
        const auto carried = root / "tests/truth/data" / ("osv_" + kind + ".jsonl.zst");
        if (std::filesystem::exists(carried)) return std::make_shared<Advisories>(std::vector{carried});
        if (kind == "debian" || kind == "alpine") {
            // Their publishers state no licence, so they are not among our own files.
            const auto shared = root / "../shared/data/osv" / ("osv_" + kind + ".jsonl.zst");
            if (!std::filesystem::exists(shared)) {
                MESSAGE("SKIPPED: " << shared.string() << " is not here: " << kind << " is not measured");
                return nullptr;
            }
            return std::make_shared<Advisories>(std::vector{shared},
                                                kind == "debian" ? &is_of_one_cve : &Advisories::all);
        }
        if (!demo_) {
            const auto demo = root / "demo/data";
            demo_ = std::make_shared<Advisories>(std::vector<std::filesystem::path>{
                demo / "nvd.jsonl.zst", demo / "cve5.jsonl.zst", demo / "osv_android.jsonl.zst",
                demo / "ios_data_feed.json.zst", root / "tests/truth/data/apple_security_releases.json.zst"});
        }
        return demo_;
    }

    // The labels are Debian's advisories of several.
    static bool is_of_one_cve(const advisory::Record& record) { return record.id.starts_with("CVE-"); }

    std::map<std::string, Given> by_kind_;
    Given demo_;
};

} // namespace

TEST_CASE("verdicts agree with what the makers say of their own software") {
    Feeds feeds;
    std::map<std::string, sbom::SbomDocument> images;
    // Verdicts of one set are asked for once.
    std::map<std::string, std::map<std::string, std::string>> known;
    std::map<std::string, Score> scores;
    std::map<std::string, int> skipped;
    std::string disagreements;
    for (const auto& row : table(root / "tests/truth/data/truth.tsv")) {
        REQUIRE(row.size() == 7);
        const auto &kind = row[0], &name = row[1], &version = row[2], &identifier = row[3],
                   &advisory = row[4];
        const Advisories* advisories = feeds.of(kind);
        if (advisories == nullptr) {
            ++skipped[kind];
            continue;
        }
        std::vector<component::Component> set;
        std::vector<component::Statement> statements;
        if (kind == "buildroot") {
            auto& image = images[version];
            if (image.components.empty())
                image = sbom::parse(read_file(root / "demo/firmware" / (version + ".cdx.json"))).value();
            set = image.components;
            statements = image.statements;
        } else if (kind == "apple") {
            set = {system("ios", version), hardware(identifier)};
        } else if (kind == "android") {
            set = {system("android", version, identifier), hardware("Google")};
        } else if (identifier.starts_with("pkg:")) {
            set = {software(name, version, "", identifier)};
        } else {
            set = {software(name, version, identifier)};
        }
        const std::string word = said(*advisories, set, statements, name, advisory);
        const bool affected = row[5] == "affected";
        Score& score = scores[kind];
        if (word == "affected")
            ++(affected ? score.right : score.false_alarm);
        else if (word == "cannot tell")
            ++(affected ? score.untold : score.untold_clean);
        else
            ++(affected ? score.missed : score.clean);
        if ((word == "affected") != affected && word != "cannot tell")
            disagreements += name + " " + version + " " + identifier + " " + advisory + ": said " + word +
                             ", is " + row[5] + " (" + row[6] + ")\n";
    }
    std::ostringstream report;
    report << std::fixed << std::setprecision(3)
           << "class\tlabels\tprecision\trecall\tF1\tcannot tell\tmissed\n";
    for (const auto& [kind, s] : scores)
        report << kind << '\t' << s.all() << '\t' << s.precision() << '\t' << s.recall() << '\t' << s.f1()
               << '\t' << s.cannot_tell() << '\t' << s.missed << '\n';
    MESSAGE(report.str());
    if (std::getenv("OAKUM_TRUTH_EACH") != nullptr) MESSAGE(disagreements);
    // Recorded figures are rounded to three places.
    const auto at_least = [](double measured, const std::string& recorded) {
        return measured >= std::stod(recorded) - 0.0006;
    };
    std::size_t classes = 0;
    for (const auto& row : table(root / "tests/truth/data/recorded.tsv")) {
        REQUIRE(row.size() == 7);
        CAPTURE(row[0]);
        if (skipped.contains(row[0])) continue;
        REQUIRE(scores.contains(row[0]));
        const Score& score = scores.at(row[0]);
        ++classes;
        CHECK(score.all() == std::stoi(row[1]));
        CHECK(at_least(score.precision(), row[2]));
        CHECK(at_least(score.f1(), row[4]));
        CHECK(at_least(-score.cannot_tell(), "-" + row[5]));
        CHECK(score.missed <= std::stoi(row[6]));
    }
    CHECK(classes == scores.size());
}
