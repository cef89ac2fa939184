// SPDX-License-Identifier: Apache-2.0
#include <messages/messages.hpp>

#include <base/bytes.hpp>

#include <algorithm>
#include <array>

namespace oakum::messages {
namespace {

using alarm::Message;
using alarm::Telling;
using alarm::Told;

constexpr std::size_t kLine = 76;
// Bytes of a headline in one encoded word: its limit is 75 characters (RFC 2047, 2).
constexpr std::size_t kWord = 42;
constexpr std::size_t kLongestSubject = 160;

// No control character: what a device says is one line.
std::string one_line(std::string_view text) {
    std::string out;
    for (const char c : text)
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
    return out;
}

bool continues(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// Cut between characters.
std::string_view at_most(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes) return text;
    while (bytes > 0 && continues(text[bytes]))
        --bytes;
    return text.substr(0, bytes);
}

std::string encoded_words(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::string_view piece = at_most(text, kWord);
        text.remove_prefix(piece.size());
        out += (out.empty() ? "" : "\r\n ") + ("=?utf-8?B?" + base::to_base64(base::as_bytes(piece)) + "?=");
    }
    return out;
}

// "Thu, 26 Nov 2026 02:24:20 +0000"
std::string date(base::TimePoint at) {
    constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day on(day);
    const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
    const auto two = [](auto value) {
        const std::string text = std::to_string(value);
        return text.size() < 2 ? "0" + text : text;
    };
    return std::string(kDays[std::chrono::weekday(day).c_encoding()]) + ", " +
           std::to_string(static_cast<unsigned>(on.day())) + " " +
           kMonths[static_cast<unsigned>(on.month()) - 1] + " " +
           std::to_string(static_cast<int>(on.year())) + " " + two(time.hours().count()) + ":" +
           two(time.minutes().count()) + ":" + two(time.seconds().count()) + " +0000";
}

std::string body(const Message& message, const Envelope& envelope) {
    std::string text;
    for (const Told& told : message.alarms) {
        text += one_line(told.what) + "\n";
        if (message.telling != Telling::closed) text += one_line(told.remedy) + "\n";
        text += "Since " + base::to_iso8601(told.opened);
        if (told.closed) text += ", over since " + base::to_iso8601(*told.closed);
        text +=
            "; concerns " + told.concerns + (told.owner.empty() ? "" : ", " + one_line(told.owner)) + ".\n";
        text += envelope.server + told.page + "\n\n";
    }
    if (message.more > 0) text += "And " + std::to_string(message.more) + " more.\n\n";
    if (message.telling == Telling::test) text += "Somebody tested this channel.\n\n";
    return text + "All alarms: " + envelope.server + "/alarms\n";
}

} // namespace

std::string mail(const Message& message, const Envelope& envelope, const MailHeader& header) {
    const std::string subject(at_most(one_line("Oakum: " + headline(message)), kLongestSubject));
    std::string recipients;
    for (const std::string& each : header.to)
        recipients += (recipients.empty() ? "" : ",\r\n ") + each;
    const std::size_t host = header.from.rfind('@');
    std::string text = "From: Oakum <" + header.from + ">\r\nTo: " + recipients +
                       "\r\nSubject: " + encoded_words(subject) + "\r\nDate: " + date(envelope.at) +
                       "\r\nMessage-ID: <" + envelope.id +
                       header.from.substr(std::min(host, header.from.size())) +
                       ">\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                       "Content-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n\r\n";
    const std::string encoded = base::to_base64(base::as_bytes(body(message, envelope)));
    for (std::size_t at = 0; at < encoded.size(); at += kLine)
        text += encoded.substr(at, kLine) + "\r\n";
    return text;
}

base::Status check_mail_address(std::string_view text) {
    const std::size_t at = text.find('@');
    const bool plain = std::ranges::all_of(text, [](char c) {
        return c > 0x20 && c < 0x7F && c != '<' && c != '>' && c != ',' && c != ';' && c != '"' && c != '(' &&
               c != ')' && c != '\\' && c != ':' && c != '[' && c != ']';
    });
    if (!plain || text.size() > 254 || at == 0 || at == std::string_view::npos || at + 1 == text.size() ||
        text.find('@', at + 1) != std::string_view::npos)
        return base::invalid("a mail address is like anna@example.org");
    return {};
}

} // namespace oakum::messages
