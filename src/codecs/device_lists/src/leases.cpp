// SPDX-License-Identifier: Apache-2.0
#include "sightings.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace oakum::device_lists {
namespace {

constexpr std::size_t kMostBytesOfLine = 64UL << 10;

base::Status not_too_many(const Sightings& sightings) {
    if (sightings.size() > kMostRecords) return base::too_large("more than 1,000,000 leases in one file");
    return {};
}

// "4 2026/11/05 10:00:00" with the day of the week in front, "epoch 1794567890", "never".
std::optional<base::TimePoint> isc_time(const std::vector<std::string_view>& words) {
    if (words.size() >= 3 && words[1] == "epoch") return from_epoch(words[2]);
    if (words.size() < 4) return std::nullopt;
    std::string date(words[2]);
    std::replace(date.begin(), date.end(), '/', '-');
    auto time = base::parse_time(date + "T" + std::string(words[3]) + "Z");
    if (!time.ok()) return std::nullopt;
    return *time;
}

// Statements of dhcpd.leases: words up to ';', '{' or '}', quoted texts as one word, comments to the end of
// the line.
class Statements {
  public:
    explicit Statements(std::string_view text) : text_(text) {}
    struct Statement {
        std::vector<std::string_view> words;
        char end = ';'; // '{' opens a block, '}' closes one, 0: the end of the file
        std::uint64_t line = 0;
    };
    Statement next() {
        Statement statement;
        while (skip(), at_ < text_.size()) {
            const char c = text_[at_];
            if (statement.words.empty()) statement.line = line_;
            if (c == ';' || c == '{' || c == '}') {
                ++at_;
                statement.end = c;
                return statement;
            }
            const std::string_view word = c == '"' ? quoted() : plain();
            if (statement.words.size() < 16) statement.words.push_back(word);
        }
        statement.end = 0;
        return statement;
    }

  private:
    void skip() {
        for (; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == '\n') ++line_;
            if (c == '#') {
                while (at_ + 1 < text_.size() && text_[at_ + 1] != '\n')
                    ++at_;
            } else if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
                return;
            }
        }
    }
    std::string_view quoted() {
        const std::size_t begin = ++at_;
        for (; at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\n'; ++at_)
            if (text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n') ++at_;
        const std::string_view word = text_.substr(begin, at_ - begin);
        if (at_ < text_.size() && text_[at_] == '"') ++at_;
        return word;
    }
    std::string_view plain() {
        const std::size_t begin = at_;
        while (at_ < text_.size() &&
               std::string_view(" \t\r\n;{}\"#").find(text_[at_]) == std::string_view::npos)
            ++at_;
        if (at_ == begin) ++at_;
        return text_.substr(begin, at_ - begin);
    }
    std::string_view text_;
    std::size_t at_ = 0;
    std::uint64_t line_ = 1;
};

std::vector<std::string_view> split(std::string_view line) {
    std::vector<std::string_view> fields;
    for (;;) {
        const std::size_t comma = line.find(',');
        fields.push_back(line.substr(0, comma));
        if (comma == std::string_view::npos || fields.size() == 64) return fields;
        line.remove_prefix(comma + 1);
    }
}

std::optional<std::size_t> index_of(const std::vector<std::string_view>& heads, std::string_view name) {
    const auto at = std::find(heads.begin(), heads.end(), name);
    if (at == heads.end()) return std::nullopt;
    return static_cast<std::size_t>(at - heads.begin());
}

} // namespace

// "EXPIRY MAC ADDRESS NAME CLIENT-ID"; of IPv6, behind a line "duid ...", the second word is no MAC.
base::Result<std::unique_ptr<File>> open_dnsmasq(std::string_view text) {
    Sightings sightings("DHCP lease (dnsmasq)");
    std::string_view line;
    std::uint64_t number = 0, v6 = 0;
    bool is_v6 = false;
    while (next_line(text, line)) {
        ++number;
        if (line.size() > kMostBytesOfLine) {
            sightings.refuse(number, "the line is longer than 65,536 bytes");
            continue;
        }
        const std::string_view expiry = next_word(line), mac = next_word(line), address = next_word(line),
                               host = next_word(line);
        if (expiry.empty()) continue;
        if (expiry == "duid") {
            is_v6 = true;
            continue;
        }
        if (is_v6) {
            ++v6;
            continue;
        }
        if (address.empty() ||
            !std::all_of(expiry.begin(), expiry.end(), [](char c) { return c >= '0' && c <= '9'; })) {
            sightings.refuse(number, "it is no lease of dnsmasq");
            continue;
        }
        Sighting sighting;
        sighting.line = number;
        // An Ethernet address may carry the number of its kind in front: "01-00:11:22:33:44:55".
        sighting.mac = mac.size() == 20 && mac[2] == '-' ? mac.substr(3) : mac;
        sighting.address = address;
        if (host != "*") sighting.host = host;
        sightings.add(std::move(sighting));
        TRY(not_too_many(sightings));
    }
    if (v6 > 0)
        sightings.note(std::to_string(v6) + " leases of IPv6 name no MAC address and are passed over.");
    return std::move(sightings).as_file();
}

// A log: what is said of an address last is what holds.
base::Result<std::unique_ptr<File>> open_isc_dhcpd(std::string_view text) {
    Sightings sightings("DHCP lease (ISC dhcpd)");
    Statements statements(text);
    std::optional<Sighting> lease;
    bool counts = true;
    std::size_t depth = 0;
    std::uint64_t others = 0;
    for (;;) {
        const Statements::Statement statement = statements.next();
        const auto& words = statement.words;
        const std::string_view first = words.empty() ? std::string_view() : words[0];
        if (statement.end == '{') {
            if (depth++ > 64)
                return base::invalid("blocks stand too deep").at("line " + std::to_string(statement.line));
            if (depth == 1 && first == "lease" && words.size() == 2) {
                lease.emplace();
                lease->line = statement.line;
                lease->address = words[1];
                counts = true;
            } else if (depth == 1) {
                ++others;
            }
        } else if (statement.end == '}' || statement.end == 0) {
            if (statement.end == 0 && lease) sightings.refuse(lease->line, "the lease does not end");
            if (statement.end == 0) break;
            if (depth > 0) --depth;
            if (depth == 0 && lease) {
                if (counts && !lease->mac.empty()) sightings.add(std::move(*lease));
                lease.reset();
                TRY(not_too_many(sightings));
            }
        } else if (lease && depth == 1) {
            if (first == "hardware" && words.size() == 3 && words[1] == "ethernet")
                lease->mac = words[2];
            else if (first == "client-hostname" && words.size() == 2)
                lease->host = words[1];
            else if (first == "cltt" || (first == "starts" && !lease->at))
                lease->at = isc_time(words);
            else if (first == "binding" && words.size() == 3)
                counts = words[2] != "abandoned" && words[2] != "backup";
        }
    }
    if (others > 0)
        sightings.note(std::to_string(others) + " blocks that are no leases of IPv4 are passed over.");
    return std::move(sightings).as_file();
}

// The lease file of the memfile backend, DHCPv4 or DHCPv6: a log as well; a lease of no time was given back.
base::Result<std::unique_ptr<File>> open_kea(std::string_view text) {
    Sightings sightings("DHCP lease (Kea)");
    std::string_view line;
    std::vector<std::string_view> heads;
    std::uint64_t number = 0;
    std::array<std::optional<std::size_t>, 6> places;
    while (next_line(text, line)) {
        ++number;
        if (line.empty()) continue;
        if (line.size() > kMostBytesOfLine) {
            sightings.refuse(number, "the line is longer than 65,536 bytes");
            continue;
        }
        const auto fields = split(line);
        if (heads.empty()) {
            heads = fields;
            constexpr std::array<std::string_view, 6> wanted{"address", "hwaddr",   "expire",
                                                             "state",   "hostname", "valid_lifetime"};
            std::transform(wanted.begin(), wanted.end(), places.begin(),
                           [&](std::string_view name) { return index_of(heads, name); });
            if (!places[0] || !places[2]) return base::invalid("it is no lease file of Kea").at("line 1");
            continue;
        }
        const auto field = [&](std::size_t which) {
            return places[which] && *places[which] < fields.size() ? fields[*places[which]]
                                                                   : std::string_view();
        };
        if (fields.size() + 1 < heads.size() / 2) {
            sightings.refuse(number, "it has " + std::to_string(fields.size()) +
                                         " fields, the first line names " + std::to_string(heads.size()));
            continue;
        }
        const std::string_view address = field(0), state = field(3), lifetime = field(5);
        // Declined: the address was in use by nobody knows whom.
        if (state == "1") continue;
        Sighting sighting;
        sighting.line = number;
        sighting.address = address;
        sighting.mac = field(1);
        sighting.host = field(4);
        if (!sighting.host.empty() && sighting.host.back() == '.') sighting.host.pop_back();
        sighting.at = from_epoch(field(2));
        std::int64_t seconds = 0;
        if (std::from_chars(lifetime.data(), lifetime.data() + lifetime.size(), seconds).ec == std::errc() &&
            seconds > 0 && seconds < 4'000'000'000 && sighting.at)
            sighting.at = *sighting.at - std::chrono::seconds(seconds);
        if (sighting.mac.empty() && sighting.host.empty()) continue;
        sightings.add(std::move(sighting));
        TRY(not_too_many(sightings));
    }
    return std::move(sightings).as_file();
}

} // namespace oakum::device_lists
