// SPDX-License-Identifier: Apache-2.0
#include "offline.hpp"

#include <cli/table.hpp>
#include <component/cpe.hpp>
#include <fmt/format.h>
#include <risk/cvss.hpp>
#include <risk/ssvc.hpp>
#include <utility>
#include <version/version.hpp>

namespace oakum::cli {
namespace {

constexpr std::size_t kBuffered = 32 << 10;

using Answer = std::function<base::Result<std::string>(const std::string& question)>;

// Answers each question; of standard input in pieces, so that millions of lines need no memory.
base::Status each(const Console& console, const std::vector<std::string>& given, const Answer& answer) {
    std::string out;
    std::size_t line = 0, wrong = 0;
    const auto one = [&](const std::string& question) {
        ++line;
        base::Result<std::string> said = answer(question);
        if (!said.ok()) {
            ++wrong;
            console.err(fmt::format("oakum: line {}: {}\n", line, printable(said.error().text())));
        }
        out += (said.ok() ? *said : "error") + "\n";
        if (out.size() >= kBuffered) console.out(std::exchange(out, {}));
    };
    for (const std::string& question : given)
        one(question);
    if (given.empty())
        while (const std::optional<std::string> question = console.read_line())
            one(*question);
    console.out(out);
    if (wrong > 0 && !given.empty())
        return base::invalid(fmt::format("{} of {} could not be read", wrong, given.size()));
    return {};
}

// Two words on the command line are one question.
std::vector<std::string> paired(const std::vector<std::string>& given) {
    if (given.size() == 2 && given[0].find('\t') == std::string::npos) return {given[0] + "\t" + given[1]};
    return given;
}

base::Result<std::pair<std::string, std::string>> halves(std::string_view line) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos || line.find('\t', tab + 1) != std::string_view::npos)
        return base::invalid("a line has two fields with one tab between them");
    std::string_view second = line.substr(tab + 1);
    if (second.ends_with('\r')) second.remove_suffix(1);
    return std::pair(std::string(line.substr(0, tab)), std::string(second));
}

std::string schemes() {
    std::string list;
    for (int i = 0; i <= static_cast<int>(version::Scheme::generic); ++i)
        list += (list.empty() ? "" : ", ") + std::string(version::to_string(static_cast<version::Scheme>(i)));
    return list;
}

} // namespace

base::Status compare_versions(const Console& console, const std::string& scheme,
                              const std::vector<std::string>& given) {
    const std::optional<version::Scheme> by = version::scheme_from_string(scheme);
    if (!by) return base::not_found("there is no version scheme \"" + scheme + "\"; there are " + schemes());
    return each(console, paired(given), [&](const std::string& question) -> base::Result<std::string> {
        TRY_VALUE(const auto pair, halves(question));
        TRY_VALUE(const version::Version a, version::Version::parse(*by, pair.first));
        TRY_VALUE(const version::Version b, version::Version::parse(*by, pair.second));
        TRY_VALUE(const std::strong_ordering order, version::compare(a, b));
        return std::string(order < 0 ? "-1" : order > 0 ? "1" : "0");
    });
}

base::Status score_vectors(const Console& console, const std::vector<std::string>& given) {
    return each(console, given, [](const std::string& question) -> base::Result<std::string> {
        std::string_view vector = question;
        if (vector.ends_with('\r')) vector.remove_suffix(1);
        TRY_VALUE(const risk::Cvss cvss, risk::Cvss::parse(vector));
        std::string text = fmt::format("{:.1f}", cvss.base_score);
        if (cvss.overall_score) text += fmt::format("\t{:.1f}", *cvss.overall_score);
        return text;
    });
}

base::Status match_names(const Console& console, const std::vector<std::string>& given) {
    return each(console, paired(given), [](const std::string& question) -> base::Result<std::string> {
        TRY_VALUE(const auto pair, halves(question));
        TRY_VALUE(const component::Cpe criteria, component::Cpe::parse(pair.first));
        TRY_VALUE(const component::Cpe name, component::Cpe::parse(pair.second));
        const component::Relation relation = component::relation(criteria, name);
        return std::string(relation == component::Relation::equal || relation == component::Relation::superset
                               ? "match"
                               : "no match");
    });
}

base::Status decide_by_table(const Console& console, const std::string& table,
                             const std::vector<std::string>& given) {
    TRY_VALUE(const risk::DecisionTable* by, risk::decision_table(table));
    // Several words on the command line are the answers to one question.
    std::vector<std::string> questions = given;
    if (given.size() == by->points.size() && given.size() > 1) {
        std::string joined;
        for (const std::string& answer : given)
            joined += (joined.empty() ? "" : ",") + answer;
        questions = {joined};
    }
    return each(console, questions, [by](const std::string& question) -> base::Result<std::string> {
        TRY_VALUE(const std::string_view outcome, by->decide(question));
        return std::string(outcome);
    });
}

} // namespace oakum::cli
