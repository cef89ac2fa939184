// SPDX-License-Identifier: Apache-2.0
#include "plan_source.hpp"

#include "plan_forms.hpp"
#include "settings.hpp"

#include <cli/table.hpp>
#include <fmt/format.h>

namespace oakum::cli {
namespace {

using plan_files::Document;

constexpr std::size_t kMostBytes = std::size_t{1} << 20;

base::Result<std::string> text_of(const Session& session, const std::string& file) {
    if (file != "-") return read_file(file, kMostBytes);
    std::string text;
    while (const auto line = session.console.read_line()) {
        text += *line + "\n";
        if (text.size() > kMostBytes)
            return base::too_large("standard input has more than " + std::to_string(kMostBytes) + " bytes");
    }
    return text;
}

} // namespace

std::string placed(const std::string& file, yaml::Mark mark, std::string_view what) {
    return printable(fmt::format("{}:{}:{}: {}", file, mark.line, mark.column, what));
}

base::Error Plans::at_line(const Document& document, base::Error error) const {
    const std::size_t end = error.where.find(' ');
    std::string what = error.message;
    if (end != std::string::npos) what = error.where.substr(end + 1) + " of the query: " + what;
    error.message = placed(file, document.place(error.where.substr(0, end)), what);
    error.where.clear();
    return error;
}

base::Error wrong_lines(const Session& session, const std::string& file,
                        const std::vector<std::string>& lines) {
    for (const std::string& line : lines)
        session.console.err(line + "\n");
    return base::invalid(
        fmt::format("{} is not taken: {} in it {} wrong; nothing was changed", file,
                    lines.size() == 1 ? "one thing" : std::to_string(lines.size()) + " things",
                    lines.size() == 1 ? "is" : "are"));
}

base::Result<Plans> plans_in(const Session& session, const std::string& given) {
    TRY_VALUE(const std::string text, text_of(session, given));
    Plans plans{given == "-" ? "standard input" : given, {}};
    plan_files::File file = plan_files::read(text);
    plans.documents = std::move(file.documents);
    std::vector<std::string> lines;
    for (const yaml::Wrong& wrong : file.problems)
        lines.push_back(placed(plans.file, wrong.mark, wrong.what));
    if (lines.empty())
        for (const Document& document : plans.documents)
            if (const auto form = full_form(document); !form.ok())
                lines.push_back(plans.at_line(document, form.error()).message);
    if (!lines.empty()) return wrong_lines(session, plans.file, lines);
    return plans;
}

} // namespace oakum::cli
