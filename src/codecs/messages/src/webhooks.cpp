// SPDX-License-Identifier: Apache-2.0
#include <messages/messages.hpp>

#include <json/writer.hpp>

namespace oakum::messages {
namespace {

using alarm::Message;
using alarm::Telling;
using alarm::Told;

// Slack reads <, > and & as links and mentions.
std::string for_slack(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else
            out += c;
    }
    return out;
}

// A card's text is Markdown.
std::string for_card(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\' || c == '[' || c == ']' || c == '(' || c == ')' || c == '*' || c == '_' || c == '`' ||
            c == '#' || c == '<' || c == '>' || c == '!')
            out += '\\';
        out += c;
    }
    return out;
}

std::string type_of(const Message& message) {
    const std::string_view telling = to_string(message.telling);
    const bool of_alarms = message.telling != Telling::digest && message.telling != Telling::test;
    return (of_alarms ? "oakum.alarm." : "oakum.") + std::string(telling);
}

std::string more_of(const Message& message) {
    return "and " + std::to_string(message.more) + " more";
}

void text_block(json::Writer& writer, const std::string& text, bool bold) {
    writer.begin_object().member("type", "TextBlock").member("text", text).member("wrap", true);
    if (bold) writer.member("weight", "Bolder");
    writer.end_object();
}

} // namespace

std::string cloud_event(const Message& message, const Envelope& envelope) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object()
        .member("specversion", "1.0")
        .member("id", envelope.id)
        .member("source", envelope.server)
        .member("type", type_of(message))
        .member("time", base::to_iso8601(envelope.at));
    if (message.alarms.size() == 1 && message.more == 0)
        writer.member("subject", message.alarms[0].id.text());
    writer.member("datacontenttype", "application/json").key("data").begin_object();
    writer.member("headline", headline(message)).key("alarms").begin_array();
    for (const Told& told : message.alarms) {
        writer.begin_object()
            .member("id", told.id.text())
            .member("kind", to_string(told.kind))
            .member("urgent", told.urgent)
            .member("what", told.what)
            .member("remedy", told.remedy)
            .member("concerns", told.concerns)
            .member("link", envelope.server + told.page)
            .member("opened", base::to_iso8601(told.opened));
        if (!told.owner.empty()) writer.member("owner", told.owner);
        if (told.closed) writer.member("closed", base::to_iso8601(*told.closed));
        writer.end_object();
    }
    writer.end_array().member("more", message.more).member("link", envelope.server + "/alarms");
    writer.end_object().end_object();
    return text;
}

std::string slack(const Message& message, const Envelope& envelope) {
    const bool one = message.alarms.size() == 1 && message.more == 0;
    std::string said = "*Oakum*: " + for_slack(headline(message));
    for (const Told& told : message.alarms) {
        said += one && message.telling != Telling::digest ? "" : "\n• " + for_slack(told.what);
        if (message.telling != Telling::closed) said += "\n" + for_slack(told.remedy);
        said += " <" + for_slack(envelope.server + told.page) + "|Look>";
    }
    if (message.more > 0) said += "\n" + more_of(message);
    said += "\n<" + for_slack(envelope.server) + "/alarms|All alarms>";
    std::string text;
    json::Writer(text).begin_object().member("text", said).end_object();
    return text;
}

std::string teams(const Message& message, const Envelope& envelope) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object().member("type", "message").key("attachments").begin_array().begin_object();
    writer.member("contentType", "application/vnd.microsoft.card.adaptive").key("content").begin_object();
    writer.member("type", "AdaptiveCard").member("version", "1.4").key("body").begin_array();
    text_block(writer, "Oakum: " + for_card(headline(message)), true);
    for (const Told& told : message.alarms) {
        text_block(writer, for_card(told.what), false);
        if (message.telling != Telling::closed) text_block(writer, for_card(told.remedy), false);
    }
    if (message.more > 0) text_block(writer, more_of(message), false);
    writer.end_array().key("actions").begin_array();
    const bool one = message.alarms.size() == 1 && message.more == 0;
    writer.begin_object()
        .member("type", "Action.OpenUrl")
        .member("title", one ? "Look" : "All alarms")
        .member("url", envelope.server + (one ? message.alarms[0].page : "/alarms"))
        .end_object();
    writer.end_array().end_object().end_object().end_array().end_object();
    return text;
}

} // namespace oakum::messages
