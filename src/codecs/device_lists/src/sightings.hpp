// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <device_lists/file.hpp>

#include <optional>
#include <unordered_map>

namespace oakum::device_lists {

// One device as a scan or a DHCP server saw it. The fields are as they stand in the file, bounded and without
// control characters.
struct Sighting {
    std::uint64_t line = 0;
    std::string address, mac, host, maker, kind, os_guess, services;
    std::optional<base::TimePoint> at;
};

// What a file of sightings says, each device once: of several about one MAC (else one address) the newest is
// kept.
class Sightings {
  public:
    static constexpr std::size_t kMostRefusals = 10'000;

    explicit Sightings(std::string seen_by) : seen_by_(std::move(seen_by)) {}

    // Refused without an address and a MAC, both checked here.
    void add(Sighting sighting);
    // Of more than kMostRefusals the others are counted, in a note.
    void refuse(std::uint64_t line, std::string reason);
    void note(std::string sentence) { notes_.push_back(std::move(sentence)); }
    std::size_t size() const { return held_.size(); }

    std::unique_ptr<File> as_file() &&;

  private:
    void take_address(std::size_t index);

    std::string seen_by_;
    std::vector<Sighting> held_;
    std::unordered_map<std::string, std::size_t> by_key_, by_address_;
    std::vector<Refused> refused_;
    std::vector<std::string> notes_;
    std::uint64_t replaced_ = 0, refused_more_ = 0;
};

base::Result<std::unique_ptr<File>> open_nmap(std::string_view text);
base::Result<std::unique_ptr<File>> open_dnsmasq(std::string_view text);
base::Result<std::unique_ptr<File>> open_isc_dhcpd(std::string_view text);
base::Result<std::unique_ptr<File>> open_kea(std::string_view text);

// Seconds since 1970 in decimal. Nothing for what is no time of our days.
std::optional<base::TimePoint> from_epoch(std::string_view text);
// The next line without its end; false at the end of the text.
bool next_line(std::string_view& text, std::string_view& line);
// The next word of a line, without the blanks around it; empty at its end.
std::string_view next_word(std::string_view& line);

} // namespace oakum::device_lists
