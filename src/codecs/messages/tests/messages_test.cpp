// SPDX-License-Identifier: Apache-2.0
#include <messages/messages.hpp>

#include <base/bytes.hpp>
#include <json/parse.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::messages;
using alarm::Message;
using alarm::Telling;
using alarm::Told;

namespace {

const base::TimePoint kAt = base::from_unix_ms(1'795'000'000'000);
const Envelope kEnvelope{"01jc", kAt, "https://oakum.example:8443"};

Told told(std::string what) {
    Told made;
    made.id = alarm::AlarmId(base::Id128{1, 2});
    made.kind = alarm::Kind::exploited;
    made.urgent = true;
    made.what = std::move(what);
    made.remedy = "See which fix ends it.";
    made.page = "/vulnerabilities/CVE-2024-1";
    made.concerns = "operators";
    made.opened = kAt;
    return made;
}

Message message(Telling telling, std::vector<std::string> whats, std::uint64_t more = 0) {
    Message made;
    made.telling = telling;
    made.more = more;
    for (std::string& what : whats)
        made.alarms.push_back(told(std::move(what)));
    return made;
}

std::string decoded_body(const std::string& mail) {
    std::string encoded = mail.substr(mail.find("\r\n\r\n") + 4);
    std::erase_if(encoded, [](char c) { return c == '\r' || c == '\n'; });
    const base::Bytes bytes = base::from_base64(encoded).value();
    return {bytes.begin(), bytes.end()};
}

json::Value nth(const json::Value& of, std::string_view member, int number) {
    const json::Value list = of.at(member).value();
    for (const json::Value& item : list.items())
        if (number-- == 0) return item;
    FAIL("it is not that long");
    return of;
}

} // namespace

TEST_CASE("what the outbox keeps comes back as it was") {
    Message made = message(Telling::closed, {"One \"quoted\" thing.", "größe\nline"}, 3);
    made.alarms[0].closed = kAt;
    made.alarms[0].owner = "line 4";
    const Message back = from_stored(to_stored(made)).value();
    CHECK(back.telling == made.telling);
    CHECK(back.more == 3);
    REQUIRE(back.alarms.size() == 2);
    CHECK(back.alarms[0].what == made.alarms[0].what);
    CHECK(back.alarms[0].closed == kAt);
    CHECK(back.alarms[0].owner == "line 4");
    CHECK(back.alarms[1].what == made.alarms[1].what);
    CHECK(to_stored(back) == to_stored(made));
    CHECK(from_stored("{}").error().kind == base::ErrorKind::corrupt);
    CHECK(from_stored("nothing").error().kind == base::ErrorKind::corrupt);
}

TEST_CASE("a cloud event says what, since when, what to do and where, and is the same each time") {
    const std::string text = cloud_event(message(Telling::opened, {"A hole."}), kEnvelope);
    CHECK(text == cloud_event(message(Telling::opened, {"A hole."}), kEnvelope));
    const json::Value event = json::parse(text).value();
    CHECK(event.string_at("specversion").value() == "1.0");
    CHECK(event.string_at("id").value() == "01jc");
    CHECK(event.string_at("source").value() == "https://oakum.example:8443");
    CHECK(event.string_at("type").value() == "oakum.alarm.opened");
    CHECK(event.string_at("time").value() == base::to_iso8601(kAt));
    CHECK(event.string_at("subject").value() == told("").id.text());
    const json::Value first = nth(event.at("data").value(), "alarms", 0);
    CHECK(first.string_at("what").value() == "A hole.");
    CHECK(first.string_at("link").value() == "https://oakum.example:8443/vulnerabilities/CVE-2024-1");
    const json::Value test = json::parse(cloud_event(message(Telling::test, {}), kEnvelope)).value();
    CHECK(test.string_at("type").value() == "oakum.test");
    CHECK_FALSE(test.find("subject"));
}

TEST_CASE("a name from a device is no mention and no link in Slack") {
    const std::string text =
        slack(message(Telling::opened, {"<!channel> at <https://evil|here> & there."}), kEnvelope);
    const std::string said = json::parse(text)->string_at("text").value();
    CHECK(said.find("<!channel>") == std::string::npos);
    CHECK(said.find("&lt;!channel&gt; at &lt;https://evil|here&gt; &amp; there.") != std::string::npos);
    CHECK(said.find("<https://oakum.example:8443/vulnerabilities/CVE-2024-1|Look>") != std::string::npos);
}

TEST_CASE("a name from a device is no markup in a card, and the card opens the exact page") {
    const std::string text = teams(message(Telling::opened, {"[x](https://evil) **now**"}), kEnvelope);
    const json::Value content = nth(json::parse(text).value(), "attachments", 0).at("content").value();
    CHECK(content.string_at("type").value() == "AdaptiveCard");
    CHECK(nth(content, "body", 1).string_at("text").value() == "\\[x\\]\\(https://evil\\) \\*\\*now\\*\\*");
    CHECK(nth(content, "actions", 0).string_at("url").value() ==
          "https://oakum.example:8443/vulnerabilities/CVE-2024-1");
    const std::string many = teams(message(Telling::digest, {"A.", "B."}, 5), kEnvelope);
    const json::Value more = nth(json::parse(many).value(), "attachments", 0).at("content").value();
    CHECK(nth(more, "actions", 0).string_at("url").value() == "https://oakum.example:8443/alarms");
}

TEST_CASE("a mail has one subject, whatever a device is called, and its text says what to do") {
    const std::string text = mail(message(Telling::opened, {"Camera\r\nBcc: all@example.org\r\n\r\nnothing"}),
                                  kEnvelope, {"oakum@example.org", {"anna@example.org", "bert@example.org"}});
    const std::string head = text.substr(0, text.find("\r\n\r\n"));
    CHECK(head.find("Bcc") == std::string::npos);
    CHECK(head.find("From: Oakum <oakum@example.org>\r\n") == 0);
    CHECK(head.find("To: anna@example.org,\r\n bert@example.org\r\n") != std::string::npos);
    CHECK(head.find("Date: Wed, 18 Nov 2026 11:06:40 +0000") != std::string::npos);
    CHECK(head.find("Message-ID: <01jc@example.org>") != std::string::npos);
    CHECK(head.find("Auto-Submitted: auto-generated") != std::string::npos);
    const std::string body = decoded_body(text);
    CHECK(body.find("Camera  Bcc: all@example.org    nothing\n") == 0);
    CHECK(body.find("See which fix ends it.\n") != std::string::npos);
    CHECK(body.find("https://oakum.example:8443/vulnerabilities/CVE-2024-1\n") != std::string::npos);
}

TEST_CASE("lines of a mail are short, and a long headline is cut between characters") {
    std::string what;
    for (int i = 0; i < 500; ++i)
        what += "größe ";
    const std::string text = mail(message(Telling::opened, {what}), kEnvelope, {"o@e.org", {"a@e.org"}});
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find("\r\n", at);
        REQUIRE(end != std::string::npos);
        CHECK(end - at <= 78);
        CHECK(text.substr(at, end - at).find('\n') == std::string::npos);
        at = end + 2;
    }
    // Each encoded word is whole characters (RFC 2047, 5).
    for (std::size_t at = text.find("=?utf-8?B?"); at != std::string::npos;
         at = text.find("=?utf-8?B?", at + 1)) {
        const std::size_t end = text.find("?=", at);
        const base::Bytes word = base::from_base64(text.substr(at + 10, end - at - 10)).value();
        CHECK(base::is_utf8(std::string(word.begin(), word.end())));
    }
}

TEST_CASE("mail addresses are plain") {
    for (const char* good : {"anna@example.org", "a.b+c@x.y", "root@localhost"})
        CHECK(check_mail_address(good).ok());
    for (const char* bad : {"", "anna", "@example.org", "anna@", "a@b@c", "a b@c", "a@b\r\nRCPT TO:<x@y>",
                            "<a@b>", "a@b,c@d", "\"a\"@b", "größe@x"})
        CHECK_FALSE(check_mail_address(bad).ok());
}
