// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <alarm/message.hpp>

#include <string>
#include <string_view>
#include <vector>

// What is told of alarms, as each channel wants it. Names come from devices: nothing of them becomes a
// header, a mention, a link or markup.
namespace oakum::messages {

// What the outbox keeps. Errors: corrupt.
std::string to_stored(const alarm::Message& message);
base::Result<alarm::Message> from_stored(std::string_view text);

// The same for each attempt.
struct Envelope {
    std::string id;       // of the message: the receiver knows a repetition by it
    base::TimePoint at{}; // when it was made
    std::string server;   // "https://oakum.example:8443": pages are below it
};

// CloudEvents 1.0 in JSON, structured mode (application/cloudevents+json).
std::string cloud_event(const alarm::Message& message, const Envelope& envelope);
// The JSON of Slack's incoming webhooks, which others understand too.
std::string slack(const alarm::Message& message, const Envelope& envelope);
// A message with an Adaptive Card, as Teams' workflows take it.
std::string teams(const alarm::Message& message, const Envelope& envelope);

struct MailHeader {
    std::string from;
    std::vector<std::string> to;
};
// RFC 5322 with MIME, lines of CRLF.
std::string mail(const alarm::Message& message, const Envelope& envelope, const MailHeader& header);

// "user@host" in ASCII, without anything that could become a header or a second address. Errors: invalid.
base::Status check_mail_address(std::string_view text);

} // namespace oakum::messages
