// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <advisory/record.hpp>
#include <base/bytes.hpp>
#include <base/digest.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace oakum::advisory {

enum class Severity : std::uint8_t { not_scored, none, low, medium, high, critical };
std::string_view to_string(Severity severity);
Severity severity_of_score(double score);

// Loss of confidentiality, integrity, availability, as the best CVSS vector says.
enum class Loss : std::uint8_t { not_stated, none, partial, total };
std::string_view to_string(Loss loss);

enum class Exploitation : std::uint8_t { not_stated, none, poc, active };
enum class Answer : std::uint8_t { not_stated, no, yes };
enum class TechnicalImpact : std::uint8_t { not_stated, partial, total };

struct Kev {
    base::TimePoint added{};
    base::TimePoint due{};
    bool ransomware = false;
    std::string_view name, required_action;
};
struct Epss {
    float probability = 0, percentile = 0;
};
struct CvssView {
    std::string_view source, vector;
    double base_score = 0; // 0: neither stated nor computable
};

// One vulnerability: all records whose ids are aliases of each other. The views last as long as the file's
// bytes.
struct AdvisoryView {
    std::string_view id; // the CVE id when there is one
    std::vector<std::string_view> ids;
    std::string_view title, description;
    base::TimePoint published{}, modified{};
    std::optional<base::TimePoint> first_held; // since when it is in our data; nothing: not known
    std::vector<CvssView> cvss;                // best first: CNA before CISA before NVD, version 2 last
    double base_score = 0;                     // of the best
    Severity severity = Severity::not_scored;
    Loss confidentiality = Loss::not_stated, integrity = Loss::not_stated, availability = Loss::not_stated;
    Exploitation exploitation = Exploitation::not_stated; // SSVC, CISA's coordinator
    Answer automatable = Answer::not_stated;
    TechnicalImpact technical_impact = TechnicalImpact::not_stated;
    bool exploited = false; // KEV lists it, or its source says so
    std::optional<Kev> kev;
    std::optional<Epss> epss;
    std::vector<std::string_view> weaknesses;
    std::vector<Source> sources;
};

// The compiled advisories, read in place from bytes that the caller keeps (a mapped file). Opening looks at
// the header alone; every later access is checked against the bounds, so that a damaged file gives wrong
// answers at worst. Immutable: any number of threads may read it.
class AdvisoryFile {
  public:
    AdvisoryFile() = default; // no advisories
    // Errors: corrupt (not this format, other version, cut short).
    static base::Result<AdvisoryFile> open(base::ByteView bytes);
    // Compares all bytes with the checksum of the header. Errors: corrupt.
    base::Status verify() const;
    base::Digest256 checksum() const;

    std::uint32_t size() const; // how many advisories
    AdvisoryView advisory(std::uint32_t index) const;
    // What it weighs by: its id, scores and threats, without its other texts and lists. Allocates nothing.
    AdvisoryView brief(std::uint32_t index) const;
    std::string_view id(std::uint32_t index) const;
    bool is_exploited(std::uint32_t index) const;
    std::optional<base::TimePoint> first_held(std::uint32_t index) const;
    // All of them with what people call them, for searches.
    void each_name(const std::function<void(std::uint32_t index, std::string_view id,
                                            std::string_view title)>& visit) const;
    // By any of its ids; a record that fixes several CVEs leads to each of them.
    std::vector<std::uint32_t> find(std::string_view id) const;
    // Whether there are records of this release of a distribution ("Debian:12"), or of this ecosystem by the
    // type of its package URLs ("npm").
    bool covers(std::string_view ecosystem) const;

    struct Counts {
        std::uint64_t advisories = 0, records = 0, rules = 0, keys = 0, kev = 0, epss = 0, bytes = 0;
    };
    Counts counts() const;

    class Reader; // how the matcher looks in; internal

  private:
    struct Extent {
        std::uint64_t offset = 0, bytes = 0;
    };
    base::ByteView bytes_;
    std::array<Extent, 14> sections_{}; // each within the bytes
};

} // namespace oakum::advisory
