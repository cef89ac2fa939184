// SPDX-License-Identifier: Apache-2.0
#include <json/canonical.hpp>

#include <algorithm>
#include <vector>

namespace oakum::json {
namespace {

using base::Status;

void append_string(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

// Recursion is bounded by the depth that the document was parsed with.
Status append(std::string& out, const Value& value) {
    switch (value.type()) {
    case Type::null:
    case Type::boolean:
    case Type::integer:
    case Type::natural:
        out += value.source();
        return {};
    case Type::real:
        return value.wrong("canonical JSON has no number that is not whole");
    case Type::string:
        append_string(out, value.text());
        return {};
    case Type::array: {
        out += '[';
        bool first = true;
        for (const Value& item : value.items()) {
            if (!std::exchange(first, false)) out += ',';
            TRY(append(out, item));
        }
        out += ']';
        return {};
    }
    case Type::object: {
        std::vector<Value> members;
        members.reserve(value.size());
        for (const Value& member : value.items())
            members.push_back(member);
        // UTF-8 orders its bytes as code points.
        std::sort(members.begin(), members.end(),
                  [](const Value& a, const Value& b) { return a.key() < b.key(); });
        out += '{';
        bool first = true;
        for (const Value& member : members) {
            if (!std::exchange(first, false)) out += ',';
            append_string(out, member.key());
            out += ':';
            TRY(append(out, member));
        }
        out += '}';
        return {};
    }
    }
    return {};
}

} // namespace

Result<std::string> canonical(const Value& value) {
    std::string out;
    out.reserve(value.source().size());
    TRY(append(out, value));
    return out;
}

} // namespace oakum::json
