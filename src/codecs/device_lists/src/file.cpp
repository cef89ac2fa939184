// SPDX-License-Identifier: Apache-2.0
#include "sightings.hpp"
#include "table.hpp"

#include <algorithm>
#include <device/query.hpp>

namespace oakum::device_lists {
namespace {

constexpr std::size_t kLook = 16UL << 10;

bool is_number(std::string_view word) {
    return !word.empty() &&
           std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "lease 10.0.0.1 {" at the front of a line, or what dhcpd writes above the first.
bool looks_like_isc(std::string_view text) {
    std::string_view line;
    while (next_line(text, line)) {
        const std::string_view first = next_word(line), second = next_word(line), third = next_word(line);
        if (first.empty() || first.starts_with('#')) continue;
        if (first == "lease" && third.starts_with('{') && device::parse_address_range(second).ok())
            return true;
        if (first != "authoring-byte-order" && first != "server-duid") return false;
        if (first == "authoring-byte-order") return true;
    }
    return false;
}

bool looks_like_dnsmasq(std::string_view text) {
    std::string_view line;
    if (!next_line(text, line) || line.find_first_of(",;\t") != std::string_view::npos) return false;
    const std::string_view expiry = next_word(line), mac = next_word(line), address = next_word(line);
    if (expiry == "duid") return mac.find(':') != std::string_view::npos && address.empty();
    return is_number(expiry) && mac.find(':') != std::string_view::npos &&
           device::parse_address_range(address).ok();
}

} // namespace

std::string_view to_string(Form form) {
    switch (form) {
    case Form::table:
        return "table";
    case Form::nmap:
        return "nmap";
    case Form::dnsmasq:
        return "dnsmasq";
    case Form::isc_dhcpd:
        return "isc_dhcpd";
    case Form::kea:
        return "kea";
    }
    return "";
}

Form form_of(std::string_view text) {
    text = text.substr(0, kLook);
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    if (text.starts_with('<')) return Form::nmap;
    if (text.starts_with("address,hwaddr,client_id,valid_lifetime,expire") ||
        text.starts_with("address,duid,valid_lifetime,expire"))
        return Form::kea;
    if (looks_like_isc(text)) return Form::isc_dhcpd;
    return looks_like_dnsmasq(text) ? Form::dnsmasq : Form::table;
}

base::Result<std::unique_ptr<File>> open(std::string_view text, const Wishes& wishes) {
    const Form form = form_of(text);
    if (form != Form::table && !wishes.told.empty())
        return base::invalid("only a table has columns that can mean something").at("columns");
    if (form != Form::table && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    switch (form) {
    case Form::table:
        return open_table(text, wishes);
    case Form::nmap:
        return open_nmap(text);
    case Form::dnsmasq:
        return open_dnsmasq(text);
    case Form::isc_dhcpd:
        return open_isc_dhcpd(text);
    case Form::kea:
        return open_kea(text);
    }
    return base::bug("a form of file without a reader");
}

} // namespace oakum::device_lists
