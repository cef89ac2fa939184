// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <advisory/file.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <type_traits>

// The compiled file: a header, then sections of fixed rows, little-endian, each on a multiple of 8. Rows name
// each other by index and strings by offset; nothing in it is a pointer. Strings are a length (4 bytes) and
// their bytes; offset 0 is the empty string. The keys of all versions are one sorted section: a row holds a
// key's place in it plus one (0: none), so that a component's version is looked up once and every comparison
// after that is of two numbers.
namespace oakum::advisory::layout {

static_assert(std::endian::native == std::endian::little, "the file is read in place");

inline constexpr std::array<char, 8> magic{'O', 'A', 'K', 'A', 'D', 'V', '\n', '\x1A'};
inline constexpr std::uint32_t format_version = 10;

enum class Section : std::uint32_t {
    strings,
    groups,
    records,
    cvss,
    lists,
    rules,
    ranges,
    exacts,
    changes,
    nodes,
    products,
    versions,
    keys,
    postings,
    count_
};
inline constexpr std::size_t section_count = static_cast<std::size_t>(Section::count_);

struct Extent {
    std::uint64_t offset = 0, bytes = 0;
};
struct Header {
    std::array<char, 8> magic{};
    std::uint32_t version = 0, sections = 0;
    std::uint64_t size = 0, kev = 0, epss = 0;
    std::array<std::uint8_t, 32> checksum{}; // SHA-256 of the file with these 32 bytes zero
    std::array<Extent, section_count> table{};
};
inline constexpr std::size_t checksum_offset = 40;
static_assert(offsetof(Header, checksum) == checksum_offset && sizeof(Header) == 72 + 16 * section_count);

struct Group {
    static constexpr Section section = Section::groups;
    std::int64_t published = 0, modified = 0, kev_added = 0, kev_due = 0;
    std::uint32_t id = 0, title = 0, description = 0, kev_name = 0, kev_action = 0;
    std::uint32_t ids_first = 0, ids_count = 0; // lists of strings
    std::uint32_t weaknesses_first = 0, weaknesses_count = 0;
    std::uint32_t records_first = 0, records_count = 0; // list of records
    std::uint32_t cvss_first = 0, cvss_count = 0;
    float epss = 0, epss_percentile = 0;
    std::uint8_t score_tenths = 0, severity = 0, confidentiality = 0, integrity = 0;
    std::uint8_t availability = 0, exploitation = 0, automatable = 0, technical_impact = 0;
    std::uint8_t has_kev = 0, ransomware = 0, has_epss = 0, exploited = 0;
    std::int64_t first_held = 0; // 0: not known
};
static_assert(sizeof(Group) == 112);

struct RecordRow {
    static constexpr Section section = Section::records;
    std::uint32_t id = 0, groups_first = 0, groups_count = 0; // list of groups
    std::uint32_t source = 0;
};
struct CvssRow {
    static constexpr Section section = Section::cvss;
    std::uint32_t source = 0, vector = 0, score_tenths = 0;
};
struct ListItem {
    static constexpr Section section = Section::lists;
    std::uint32_t value = 0;
};

enum class RuleKind : std::uint8_t { configuration, product, package, android, apple, stated };
enum RuleFlags : std::uint8_t {
    all_nodes = 1,    // configuration: AND
    negated = 2,      // configuration
    commits_only = 4, // product, package: every range is of commits
    any_major = 8,    // android: every release
    chipset = 16,     // android: parts that depend on the chipset
    pixel_only = 32,  // android
    harmless = 64,    // package: its source sees no harm in it
    open_list = 128   // package: versions of commits that no fix has ended; more may have come since
};
struct Rule {
    static constexpr Section section = Section::rules;
    std::uint32_t record = 0;
    RuleKind kind = RuleKind::configuration;
    std::uint8_t scheme = 0, default_status = 0, flags = 0;
    std::uint32_t name = 0; // for people
    std::uint32_t ranges_first = 0, ranges_count = 0;
    std::uint32_t exacts_first = 0, exacts_count = 0;
    std::uint32_t nodes_first = 0, nodes_count = 0;
    std::uint32_t extra = 0; // product: platforms; package: release; android: majors; apple: models
    std::uint32_t files = 0; // product: of the source, a line each; stated: the purl
    std::uint32_t note = 0;  // package, stated: for people
    std::uint32_t fix = 0;   // stated: the version that the maker names as the fix
};
static_assert(sizeof(Rule) == 52);

enum RangeFlags : std::uint8_t {
    low_inclusive = 1,
    high_inclusive = 2,
    unreadable = 4,
    high_is_fix = 8 // the end is the version that fixes
};
struct Range {
    static constexpr Section section = Section::ranges;
    std::uint32_t low_key = 0, low_text = 0, high_key = 0, high_text = 0; // places; 0: no bound
    std::uint32_t changes_first = 0;
    std::uint16_t changes_count = 0;
    std::uint8_t flags = 0, status = 0;
};
static_assert(sizeof(Range) == 24);

struct Exact {
    static constexpr Section section = Section::exacts;
    std::uint32_t key = 0, text = 0; // sorted by key, then text; key 0: only the text can be compared
    std::uint32_t any_update = 0;
};
struct Change {
    static constexpr Section section = Section::changes;
    std::uint32_t key = 0, text = 0, status = 0; // sorted by key
};
struct Node {
    static constexpr Section section = Section::nodes;
    std::uint32_t products_first = 0, products_count = 0;
    std::uint8_t all = 0, negate = 0, unreadable = 0, unused = 0;
};
enum ProductFlags : std::uint8_t { any_version = 1, no_version = 2 };
struct Product {
    static constexpr Section section = Section::products;
    std::uint32_t key = 0;  // "cpe:a:vendor:product", as in keys
    std::uint32_t tail = 0; // "edition:sw_edition:target_sw:target_hw", 0 when all are any
    std::uint32_t ranges_first = 0, ranges_count = 0, exacts_first = 0, exacts_count = 0;
    std::uint8_t vulnerable = 0, scheme = 0, flags = 0, unused = 0;
};
static_assert(sizeof(Product) == 28);

// Sorted by the key's bytes; prefix is the first eight of them, for fewer looks at the string.
struct VersionKey {
    static constexpr Section section = Section::versions;
    std::uint64_t prefix = 0;
    std::uint32_t key = 0, unused = 0;
};
inline std::uint64_t prefix_of(std::string_view key) {
    std::uint64_t prefix = 0;
    for (std::size_t i = 0; i < 8; ++i)
        prefix = prefix << 8U | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0U);
    return prefix;
}
// Where a version stands among all keys: odd on one of them, even between two. Rows' places compare with it.
using Position = std::uint32_t;
inline constexpr Position unordered = 0xFFFFFFFFU;
inline Position position_of(std::uint32_t place) {
    return 2 * place - 1;
}

// The first half of a SHA-256.
using Content = std::array<std::uint8_t, 16>;
struct Key {
    static constexpr Section section = Section::keys;
    std::uint64_t hash = 0; // sorted by hash, then key
    std::uint32_t key = 0, first = 0, count = 0, unused = 0;
    // Of all that an answer can take from what is filed here, as text: two files with the same content give
    // the same answer. Of a release or an ecosystem only that there is something.
    Content content{};
};
static_assert(sizeof(Key) == 40);
struct Posting {
    static constexpr Section section = Section::postings;
    std::uint32_t value = 0;
};

// Keys of ids and, which only say that something is there, of a distribution's releases ("Debian:12") and of
// ecosystems ("npm"); all others are of names.
inline constexpr std::string_view id_prefix = "id:", release_prefix = "release:";
// Under the prefix of releases too: that there are records which name products, as NVD's and CVE's do.
inline constexpr std::string_view kProductNames = "(products)";

// FNV-1a with a last mix: stable, and good enough for a sorted table whose keys are compared in full.
inline std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 0xCBF29CE484222325ULL;
    for (char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    hash ^= hash >> 32U;
    hash *= 0x9E3779B97F4A7C15ULL;
    return hash ^ hash >> 29U;
}

} // namespace oakum::advisory::layout

namespace oakum::advisory {

// Checked access to the rows; cheap to make.
class AdvisoryFile::Reader {
  public:
    explicit Reader(const AdvisoryFile& file) : base_(file.bytes_.data()), sections_(file.sections_) {}

    template <class Row> std::uint32_t count() const {
        return static_cast<std::uint32_t>(sections_[static_cast<std::size_t>(Row::section)].bytes /
                                          sizeof(Row));
    }
    // A row of zeros beyond the end.
    template <class Row> Row at(std::uint32_t index) const {
        static_assert(std::is_trivially_copyable_v<Row>);
        Row row;
        if (index < count<Row>())
            std::memcpy(static_cast<void*>(&row),
                        base_ + sections_[static_cast<std::size_t>(Row::section)].offset +
                            index * sizeof(Row),
                        sizeof(Row));
        return row;
    }
    // How many of the rows that another row names are there.
    template <class Row> std::uint32_t within(std::uint32_t first, std::uint32_t wanted) const {
        const auto all = count<Row>();
        return first >= all ? 0 : wanted < all - first ? wanted : all - first;
    }
    std::string_view string(std::uint32_t offset) const;
    // The key's row, or one of zeros.
    layout::Key find(std::string_view key) const;
    // Among the sorted version keys.
    layout::Position position(std::string_view key) const;
    template <class Visit> void for_each_posting(std::string_view key, Visit&& visit) const {
        const auto row = find(key);
        const auto n = within<layout::Posting>(row.first, row.count);
        for (std::uint32_t i = 0; i < n; ++i)
            visit(at<layout::Posting>(row.first + i).value);
    }
    layout::Header header() const;

  private:
    const std::uint8_t* base_ = nullptr;
    std::array<Extent, layout::section_count> sections_;
};

} // namespace oakum::advisory
