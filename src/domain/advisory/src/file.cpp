// SPDX-License-Identifier: Apache-2.0
#include "layout.hpp"

#include <advisory/file.hpp>

namespace oakum::advisory {

using namespace layout;

Header AdvisoryFile::Reader::header() const {
    Header header;
    if (base_ != nullptr) std::memcpy(static_cast<void*>(&header), base_, sizeof(header));
    return header;
}

std::string_view AdvisoryFile::Reader::string(std::uint32_t offset) const {
    const auto& strings = sections_[static_cast<std::size_t>(Section::strings)];
    std::uint32_t length = 0;
    if (offset == 0 || strings.bytes < sizeof(length) || offset > strings.bytes - sizeof(length)) return {};
    std::memcpy(&length, base_ + strings.offset + offset, sizeof(length));
    const auto start = offset + sizeof(length);
    if (length > strings.bytes - start) return {};
    return {reinterpret_cast<const char*>(base_ + strings.offset + start), length};
}

Key AdvisoryFile::Reader::find(std::string_view key) const {
    const auto hash = hash_of(key);
    std::uint32_t low = 0;
    std::uint32_t high = count<Key>();
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        if (at<Key>(middle).hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < count<Key>(); ++low) {
        const auto row = at<Key>(low);
        if (row.hash != hash) break;
        if (string(row.key) == key) return row;
    }
    return {};
}

Position AdvisoryFile::Reader::position(std::string_view key) const {
    const auto prefix = prefix_of(key);
    const auto before = [&](const VersionKey& row) {
        return row.prefix != prefix ? row.prefix < prefix : string(row.key) < key;
    };
    std::uint32_t low = 0;
    std::uint32_t high = count<VersionKey>();
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        if (before(at<VersionKey>(middle)))
            low = middle + 1;
        else
            high = middle;
    }
    const auto row = at<VersionKey>(low);
    const bool same = low < count<VersionKey>() && row.prefix == prefix && string(row.key) == key;
    return same ? position_of(low + 1) : 2 * low;
}

base::Result<AdvisoryFile> AdvisoryFile::open(base::ByteView bytes) {
    Header header;
    if (bytes.size() < sizeof(header)) return base::corrupt("the compiled advisories are cut short");
    std::memcpy(static_cast<void*>(&header), bytes.data(), sizeof(header));
    if (header.magic != magic) return base::corrupt("this is no file of compiled advisories");
    if (header.version != format_version || header.sections != section_count)
        return base::corrupt("the compiled advisories are of format " + std::to_string(header.version) +
                             "; this program reads " + std::to_string(format_version));
    if (header.size != bytes.size())
        return base::corrupt("the compiled advisories should have " + std::to_string(header.size) +
                             " bytes and have " + std::to_string(bytes.size()));
    AdvisoryFile file;
    file.bytes_ = bytes;
    for (std::size_t i = 0; i < section_count; ++i) {
        const auto& extent = header.table[i];
        if (extent.offset > bytes.size() || extent.bytes > bytes.size() - extent.offset ||
            extent.offset % 8 != 0)
            return base::corrupt("a section of the compiled advisories lies outside the file");
        file.sections_[i] = {extent.offset, extent.bytes};
    }
    return file;
}

base::Digest256 AdvisoryFile::checksum() const {
    const Reader reader(*this);
    return base::Digest256{reader.header().checksum};
}

base::Status AdvisoryFile::verify() const {
    if (bytes_.empty()) return {};
    base::Sha256 hash;
    const std::array<std::uint8_t, 32> zeros{};
    hash.update(bytes_.first(checksum_offset));
    hash.update(zeros);
    hash.update(bytes_.subspan(checksum_offset + zeros.size()));
    if (hash.finish() != checksum())
        return base::corrupt("the compiled advisories do not have the checksum that they state");
    return {};
}

std::uint32_t AdvisoryFile::size() const {
    return Reader(*this).count<Group>();
}

std::string_view AdvisoryFile::id(std::uint32_t index) const {
    const Reader reader(*this);
    return reader.string(reader.at<Group>(index).id);
}

bool AdvisoryFile::is_exploited(std::uint32_t index) const {
    return Reader(*this).at<Group>(index).exploited != 0;
}

void AdvisoryFile::each_name(
    const std::function<void(std::uint32_t, std::string_view, std::string_view)>& visit) const {
    const Reader reader(*this);
    for (std::uint32_t index = 0; index < reader.count<Group>(); ++index) {
        const auto group = reader.at<Group>(index);
        visit(index, reader.string(group.id), reader.string(group.title));
    }
}

std::vector<std::uint32_t> AdvisoryFile::find(std::string_view id) const {
    std::vector<std::uint32_t> found;
    Reader(*this).for_each_posting(std::string(id_prefix).append(id),
                                   [&](std::uint32_t group) { found.push_back(group); });
    return found;
}

bool AdvisoryFile::covers(std::string_view ecosystem) const {
    return Reader(*this).find(std::string(release_prefix).append(ecosystem)).count != 0;
}

AdvisoryFile::Counts AdvisoryFile::counts() const {
    const Reader reader(*this);
    return {reader.count<Group>(), reader.count<RecordRow>(), reader.count<Rule>(), reader.count<Key>(),
            reader.header().kev,   reader.header().epss,      bytes_.size()};
}

namespace {

template <class Enum> Enum bounded(std::uint8_t value, Enum last) {
    return value <= static_cast<std::uint8_t>(last) ? static_cast<Enum>(value) : Enum{};
}

std::vector<std::string_view> strings(const AdvisoryFile::Reader& reader, std::uint32_t first,
                                      std::uint32_t wanted) {
    std::vector<std::string_view> out;
    const auto n = reader.within<ListItem>(first, wanted);
    out.reserve(n);
    for (std::uint32_t i = 0; i < n; ++i)
        out.push_back(reader.string(reader.at<ListItem>(first + i).value));
    return out;
}

void read_threat(const AdvisoryFile::Reader& reader, const Group& group, AdvisoryView& view) {
    view.exploitation = bounded(group.exploitation, Exploitation::active);
    view.automatable = bounded(group.automatable, Answer::yes);
    view.technical_impact = bounded(group.technical_impact, TechnicalImpact::total);
    view.exploited = group.exploited != 0;
    if (group.has_kev != 0)
        view.kev = Kev{base::from_unix_ms(group.kev_added), base::from_unix_ms(group.kev_due),
                       group.ransomware != 0, reader.string(group.kev_name), reader.string(group.kev_action)};
    if (group.has_epss != 0) view.epss = Epss{group.epss, group.epss_percentile};
}

} // namespace

AdvisoryView AdvisoryFile::brief(std::uint32_t index) const {
    const Reader reader(*this);
    const auto group = reader.at<Group>(index);
    AdvisoryView view;
    view.id = reader.string(group.id);
    view.base_score = group.score_tenths / 10.0;
    view.severity = bounded(group.severity, Severity::critical);
    view.confidentiality = bounded(group.confidentiality, Loss::total);
    view.integrity = bounded(group.integrity, Loss::total);
    view.availability = bounded(group.availability, Loss::total);
    read_threat(reader, group, view);
    return view;
}

std::optional<base::TimePoint> AdvisoryFile::first_held(std::uint32_t index) const {
    const std::int64_t at = Reader(*this).at<Group>(index).first_held;
    return at > 0 ? std::optional(base::from_unix_ms(at)) : std::nullopt;
}

AdvisoryView AdvisoryFile::advisory(std::uint32_t index) const {
    const Reader reader(*this);
    const auto group = reader.at<Group>(index);
    AdvisoryView view = brief(index);
    view.ids = strings(reader, group.ids_first, group.ids_count);
    view.title = reader.string(group.title);
    view.description = reader.string(group.description);
    view.published = base::from_unix_ms(group.published);
    view.modified = base::from_unix_ms(group.modified);
    view.first_held = first_held(index);
    const auto scores = reader.within<CvssRow>(group.cvss_first, group.cvss_count);
    for (std::uint32_t i = 0; i < scores; ++i) {
        const auto row = reader.at<CvssRow>(group.cvss_first + i);
        view.cvss.push_back({reader.string(row.source), reader.string(row.vector), row.score_tenths / 10.0});
    }
    view.weaknesses = strings(reader, group.weaknesses_first, group.weaknesses_count);
    const auto records = reader.within<ListItem>(group.records_first, group.records_count);
    for (std::uint32_t i = 0; i < records; ++i) {
        const auto record = reader.at<RecordRow>(reader.at<ListItem>(group.records_first + i).value);
        view.sources.push_back(bounded(static_cast<std::uint8_t>(record.source), last_source));
    }
    return view;
}

} // namespace oakum::advisory
