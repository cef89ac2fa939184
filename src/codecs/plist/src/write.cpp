// SPDX-License-Identifier: Apache-2.0
#include <plist/write.hpp>

#include <array>
#include <charconv>

namespace oakum::plist {
namespace {

void escape(std::string& out, std::string_view text) {
    if (!base::is_utf8(text)) {
        out += "\xEF\xBF\xBD";
        return;
    }
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '&')
            out += "&amp;";
        else if (c == '\r')
            out += "&#13;"; // a reader of XML would make a line feed of it
        else if (byte < 32 && c != '\t' && c != '\n')
            out += "\xEF\xBF\xBD";
        else
            out += c;
    }
}

struct Write {
    std::string& out;
    std::size_t depth;

    void line(std::string_view open, std::string_view text, std::string_view close) const {
        out.append(depth, '\t').append(open).append(text).append(close).append("\n");
    }
    void operator()(bool truth) const { line(truth ? "<true/>" : "<false/>", "", ""); }
    void operator()(std::int64_t number) const { line("<integer>", std::to_string(number), "</integer>"); }
    void operator()(double number) const {
        std::array<char, 64> text{};
        const auto end = std::to_chars(text.data(), text.data() + text.size(), number);
        line("<real>", std::string_view(text.data(), end.ptr), "</real>");
    }
    void operator()(const std::string& text) const {
        std::string escaped;
        escape(escaped, text);
        line("<string>", escaped, "</string>");
    }
    void operator()(const base::Bytes& data) const { line("<data>", base::to_base64(data), "</data>"); }
    void operator()(base::TimePoint date) const { line("<date>", base::to_iso8601(date), "</date>"); }
    void operator()(const Array& items) const {
        if (items.empty()) return line("<array/>", "", "");
        line("<array>", "", "");
        for (const Value& item : items)
            std::visit(Write{out, depth + 1}, item.held());
        line("</array>", "", "");
    }
    void operator()(const Dict& dict) const {
        if (dict.members().empty()) return line("<dict/>", "", "");
        line("<dict>", "", "");
        for (const auto& [key, value] : dict.members()) {
            std::string escaped;
            escape(escaped, key);
            Write{out, depth + 1}.line("<key>", escaped, "</key>");
            std::visit(Write{out, depth + 1}, value.held());
        }
        line("</dict>", "", "");
    }
};

} // namespace

std::string write_xml(const Value& value) {
    std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                      "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
                      "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
                      "<plist version=\"1.0\">\n";
    std::visit(Write{out, 0}, value.held());
    return out += "</plist>\n";
}

} // namespace oakum::plist
