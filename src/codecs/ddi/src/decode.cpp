// SPDX-License-Identifier: Apache-2.0
#include <ddi/messages.hpp>

#include <base/bytes.hpp>
#include <json/parse.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace oakum::ddi {
namespace {

using base::Result;

constexpr json::Limits kLimits{
    .max_bytes = 1024 * 1024, .max_depth = 16, .max_values = 20'000, .floats = true};
constexpr std::size_t kMaxLines = 1000, kMaxName = 128, kMaxValue = 2048;

constexpr std::array kExecutions = {
    std::pair{std::string_view("closed"), Execution::closed},
    std::pair{std::string_view("proceeding"), Execution::proceeding},
    std::pair{std::string_view("canceled"), Execution::canceled},
    std::pair{std::string_view("scheduled"), Execution::scheduled},
    std::pair{std::string_view("rejected"), Execution::rejected},
    std::pair{std::string_view("resumed"), Execution::resumed},
    std::pair{std::string_view("download"), Execution::download},
    std::pair{std::string_view("downloaded"), Execution::downloaded},
};
constexpr std::array kFinished = {
    std::pair{std::string_view("success"), Finished::success},
    std::pair{std::string_view("failure"), Finished::failure},
    std::pair{std::string_view("none"), Finished::none},
};
constexpr std::array kModes = {
    std::pair{std::string_view("merge"), Mode::merge},
    std::pair{std::string_view("replace"), Mode::replace},
    std::pair{std::string_view("remove"), Mode::remove},
};

template <class T, std::size_t N>
Result<T> word(const json::Value& in, std::string_view name,
               const std::array<std::pair<std::string_view, T>, N>& words) {
    TRY_VALUE(const std::string said, in.string_at(name, 64));
    for (const auto& [text, value] : words)
        if (text == said) return value;
    return in.at(name)->wrong("\"" + said + "\" is not known");
}

// Cut at a character's start.
void cut(std::string& text, std::size_t most) {
    if (text.size() > most) text.resize(most);
    while (!text.empty() && !base::is_utf8(text))
        text.pop_back();
}

// The last lines say most, and the first what it was about: what does not fit is left out of the middle.
std::string joined(const json::Value& lines) {
    std::string text;
    for (const json::Value& line : lines.items()) {
        if (!line.is_string() || line.text().empty()) continue;
        if (!text.empty()) text += '\n';
        text += line.text();
    }
    if (text.size() <= kMaxDetails) return text;
    constexpr std::string_view gap = "\n...\n";
    std::string head = text.substr(0, kMaxDetails / 4);
    cut(head, head.size());
    std::size_t from = text.size() - (kMaxDetails - kMaxDetails / 4 - gap.size());
    while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0U) == 0x80U)
        ++from;
    return head.append(gap).append(text, from);
}

Result<std::string> details_of(const json::Value& in) {
    TRY_VALUE(const auto lines, in.optional_array_at("details", kMaxLines));
    return lines ? joined(*lines) : std::string();
}

std::optional<std::uint32_t> percent_of(const json::Value& result) {
    const auto progress = result.find("progress");
    if (!progress || !progress->is_object()) return std::nullopt;
    const auto count = progress->uint_at("cnt", 1'000'000), of = progress->uint_at("of", 1'000'000);
    if (!count.ok() || !of.ok() || *of == 0) return std::nullopt;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(100, *count * 100 / *of));
}

} // namespace

Result<Feedback> decode_feedback(std::string_view json) {
    TRY_VALUE(const json::Value root, json::parse(json, kLimits));
    TRY_VALUE(const json::Value status, root.object_at("status"));
    TRY_VALUE(const json::Value result, status.object_at("result"));
    Feedback feedback;
    TRY_VALUE(feedback.execution, word(status, "execution", kExecutions));
    TRY_VALUE(feedback.finished, word(result, "finished", kFinished));
    if (const auto code = status.find("code"); code && code->type() == json::Type::integer)
        feedback.code = code->as_int().value_or(0);
    feedback.percent = percent_of(result);
    TRY_VALUE(feedback.details, details_of(status));
    return feedback;
}

Result<Attributes> decode_attributes(std::string_view json) {
    TRY_VALUE(const json::Value root, json::parse(json, kLimits));
    Attributes attributes;
    if (root.find("mode")) {
        TRY_VALUE(attributes.mode, word(root, "mode", kModes));
    }
    TRY_VALUE(const json::Value data, root.object_at("data", kMaxAttributes));
    for (const json::Value& member : data.items()) {
        if (member.key().empty() || member.key().size() > kMaxName)
            return member.wrong("an attribute's name has 1 to 128 bytes");
        // Clients send numbers and truths too; what they look like is their value.
        std::string value(member.is_string() ? member.text() : member.is_null() ? "" : member.source());
        cut(value, kMaxValue);
        attributes.data.emplace(member.key(), std::move(value));
    }
    return attributes;
}

Result<Confirmation> decode_confirmation(std::string_view json) {
    TRY_VALUE(const json::Value root, json::parse(json, kLimits));
    TRY_VALUE(const std::string said, root.string_at("confirmation", 64));
    if (said != "confirmed" && said != "denied")
        return root.at("confirmation")->wrong("it is \"confirmed\" or \"denied\"");
    Confirmation confirmation{.confirmed = said == "confirmed", .details = {}};
    TRY_VALUE(confirmation.details, details_of(root));
    return confirmation;
}

} // namespace oakum::ddi
