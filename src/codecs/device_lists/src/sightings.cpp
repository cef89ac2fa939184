// SPDX-License-Identifier: Apache-2.0
#include "sightings.hpp"

#include "values.hpp"

#include <algorithm>
#include <base/bytes.hpp>
#include <charconv>
#include <device/query.hpp>
#include <device_lists/mac.hpp>

namespace oakum::device_lists {
namespace {

constexpr std::size_t kLongest = 512;

// Of a stranger's text: what a name or a list may hold, and no more of it than is useful.
std::string tame(std::string_view text) {
    std::string out = plain_cell(text.substr(0, kLongest));
    while (!out.empty() && !base::is_utf8(out)) // cut in the middle of a letter, or no text at all
        out.pop_back();
    std::erase_if(out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
    return out;
}

bool is_newer(const Sighting& a, const Sighting& b) {
    return a.at && b.at && *a.at > *b.at;
}

class FileOfSightings final : public File {
  public:
    FileOfSightings(std::vector<Record> records, std::vector<Refused> refused, std::vector<std::string> notes)
        : records_(std::move(records)), refused_(std::move(refused)), notes_(std::move(notes)) {}
    const Layout& layout() const override { return layout_; }
    std::vector<std::string> notes() const override { return notes_; }
    base::Result<Piece> next(std::size_t most) override {
        Piece piece;
        for (; most > 0 && refusal_ < refused_.size(); --most)
            piece.refused.push_back(std::move(refused_[refusal_++]));
        for (; most > 0 && record_ < records_.size(); --most)
            piece.records.push_back(std::move(records_[record_++]));
        piece.last = refusal_ == refused_.size() && record_ == records_.size();
        return piece;
    }

  private:
    Layout layout_;
    std::vector<Record> records_;
    std::vector<Refused> refused_;
    std::vector<std::string> notes_;
    std::size_t record_ = 0, refusal_ = 0;
};

} // namespace

void Sightings::add(Sighting sighting) {
    if (!sighting.address.empty() && !device::parse_address_range(sighting.address).ok())
        return refuse(sighting.line, "'" + tame(sighting.address) + "' is no address");
    const auto mac = as_mac(sighting.mac);
    if (!sighting.mac.empty() && !mac) sighting.mac.clear();
    if (mac) sighting.mac = *mac;
    if (sighting.mac.empty() && sighting.address.empty())
        return refuse(sighting.line, "neither an address nor a MAC address is given");
    const std::string key = sighting.mac.empty() ? sighting.address : sighting.mac;
    const auto [at, fresh] = by_key_.try_emplace(key, held_.size());
    if (fresh) {
        held_.push_back(std::move(sighting));
    } else {
        ++replaced_;
        if (is_newer(held_[at->second], sighting)) return;
        held_[at->second] = std::move(sighting);
    }
    take_address(at->second);
}

void Sightings::refuse(std::uint64_t line, std::string reason) {
    if (refused_.size() < kMostRefusals)
        refused_.push_back({line, std::move(reason)});
    else
        ++refused_more_;
}

void Sightings::take_address(std::size_t index) {
    if (held_[index].address.empty()) return;
    const auto [at, fresh] = by_address_.try_emplace(held_[index].address, index);
    if (fresh || at->second == index) return;
    Sighting& other = held_[at->second];
    const bool still = other.address == held_[index].address && !other.mac.empty();
    if (still && !held_[index].mac.empty() && is_newer(other, held_[index])) {
        held_[index].address.clear();
        return;
    }
    if (still) other.address.clear();
    at->second = index;
}

std::unique_ptr<File> Sightings::as_file() && {
    std::vector<Record> records;
    for (Sighting& held : held_) {
        Record record;
        record.line = held.line;
        record.sighting = true;
        const auto say = [&](std::string_view fact, std::string value) {
            if (!value.empty()) record.facts[std::string(fact)] = std::move(value);
        };
        say("address", std::move(held.address));
        say("x.mac", std::move(held.mac));
        say("name", tame(held.host));
        say("manufacturer", tame(held.maker));
        say("kind", tame(held.kind));
        say("x.os_guess", tame(held.os_guess));
        say("x.services", tame(held.services));
        say("x.seen_by", seen_by_);
        if (held.at) say("x.seen_at", base::to_iso8601(*held.at));
        records.push_back(std::move(record));
    }
    if (replaced_ > 0)
        notes_.push_back(std::to_string(replaced_) +
                         " older entries of devices that stand in it more than once "
                         "were passed over.");
    if (refused_more_ > 0)
        notes_.push_back(std::to_string(refused_more_) + " more lines cannot be read and are not named.");
    return std::make_unique<FileOfSightings>(std::move(records), std::move(refused_), std::move(notes_));
}

std::optional<base::TimePoint> from_epoch(std::string_view text) {
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || end != text.data() + text.size() || seconds <= 0 || seconds >= 4'000'000'000)
        return std::nullopt;
    return base::from_unix_ms(seconds * 1000);
}

bool next_line(std::string_view& text, std::string_view& line) {
    if (text.empty()) return false;
    const std::size_t end = text.find('\n');
    line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return true;
}

std::string_view next_word(std::string_view& line) {
    constexpr std::string_view blanks = " \t";
    const std::size_t begin = std::min(line.find_first_not_of(blanks), line.size());
    line.remove_prefix(begin);
    const std::size_t end = std::min(line.find_first_of(blanks), line.size());
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(end);
    return word;
}

} // namespace oakum::device_lists
