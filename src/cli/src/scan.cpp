// SPDX-License-Identifier: Apache-2.0
#include "scan.hpp"

#include "advisories.hpp"
#include "scan_report.hpp"
#include "settings.hpp"

#include <algorithm>
#include <cli/table.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <json/parse.hpp>
#include <json/writer.hpp>
#include <kernel_build/read.hpp>
#include <list>
#include <map>
#include <version/version.hpp>

namespace oakum::cli {
namespace {

using advisory::Verdict;

// What is shown of what the sources and the maker say: what is open, and what a statement rules out.
bool is_told(const advisory::ComponentVerdict& verdict) {
    return verdict.verdict == Verdict::affected || verdict.verdict == Verdict::unknown ||
           verdict.reason == advisory::Reason::stated_not_affected ||
           verdict.reason == advisory::Reason::stated_fixed ||
           verdict.reason == advisory::Reason::code_not_built;
}

using Build = std::unique_ptr<advisory::KernelBuild>;

base::Result<Build> read_build(const std::string& path) {
    if (path.empty()) return Build();
    TRY_VALUE(const std::string bytes, read_file(path, kernel_build::largest));
    auto build = kernel_build::read(base::as_bytes(bytes));
    if (!build.ok()) return std::move(build).error().at(path);
    return build;
}

void assess(const Advisories& advisories, const Target& target, const advisory::KernelBuild* build,
            ScanResult& result) {
    const advisory::SetAssessment assessed = advisory::match_set(
        advisories.file, target.components, target.statements, {}, advisory::Detail::everything, build);
    advisory::Platform platform(target.components);
    platform.set_kernel_build(build);
    // Of each component with findings once.
    std::map<std::uint32_t, std::vector<advisory::ComponentVerdict>> voices;
    for (const advisory::SetVerdict& each : assessed.verdicts) {
        if (!is_told(each.verdict)) continue;
        Finding& finding = result.findings.emplace_back();
        finding.target = &target;
        finding.component = &target.components[each.component];
        finding.advisory = advisories.file.advisory(each.verdict.advisory);
        finding.verdict = each.verdict.verdict;
        finding.why = advisory::evidence(advisories.file, *finding.component, each.verdict);
        finding.statement = each.statement;
        const auto [said, fresh] = voices.try_emplace(each.component);
        if (fresh) said->second = advisory::voices(advisories.file, *finding.component, platform);
        const auto others = std::ranges::equal_range(said->second, each.verdict.advisory, {},
                                                     &advisory::ComponentVerdict::advisory);
        for (const advisory::ComponentVerdict& voice : others)
            if (voice.rule != each.verdict.rule)
                finding.others.push_back(
                    advisory::evidence(advisories.file, *finding.component, voice).sentence);
        if (finding.verdict == Verdict::affected) {
            const risk::RiskTerms terms = risk::risk_of(finding.advisory, each.verdict.confidence, {});
            finding.points = terms.points;
            finding.weight = terms.sentence;
        }
    }
    for (const advisory::NotAssessed& left : assessed.not_assessed)
        result.not_assessed.push_back({&target, &target.components[left.component], left.reason});
}

int place_of(Verdict verdict) {
    return verdict == Verdict::affected ? 0 : verdict == Verdict::unknown ? 1 : 2;
}

bool is_named(const Finding& found, const std::string& fail_on) {
    if (found.verdict != Verdict::affected || fail_on.empty()) return false;
    if (fail_on == "any" || found.advisory.exploited) return true;
    const advisory::Severity severity = found.advisory.severity;
    return (fail_on == "critical" && severity == advisory::Severity::critical) ||
           (fail_on == "high" &&
            (severity == advisory::Severity::critical || severity == advisory::Severity::high));
}

std::string said_of(const std::string& fail_on) {
    if (fail_on == "any") return "open";
    return fail_on == "exploited"
               ? "exploited"
               : fail_on + (fail_on == "high" ? ", critical or exploited" : " or exploited");
}

std::string_view word_of(Verdict verdict) {
    return verdict == Verdict::unknown ? "cannot tell" : advisory::to_string(verdict);
}

base::Result<json::Value> row_of(const Finding& finding) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object()
        .member("advisory", finding.advisory.id)
        .member("severity", advisory::to_string(finding.advisory.severity))
        .member("exploited", finding.advisory.exploited)
        .member("component", finding.component->name)
        .member("version", finding.component->version)
        .member("target", finding.target->path)
        .member("verdict",
                finding.verdict == Verdict::unknown ? "cannot tell" : advisory::to_string(finding.verdict))
        .member("fixed_in", finding.why.fixed_in)
        .member("why", finding.statement.empty() ? finding.why.sentence
                                                 : finding.why.sentence + " " + finding.statement);
    writer.key("cvss");
    if (finding.advisory.base_score > 0)
        writer.value(finding.advisory.base_score);
    else
        writer.null();
    writer.end_object();
    return json::parse(text, {.floats = true});
}

base::Status show(const Shown& shown, int limit, const ScanResult& result) {
    std::vector<json::Value> rows;
    for (const Finding& finding : result.findings) {
        if (rows.size() == static_cast<std::size_t>(limit) && shown.output == Output::table) break;
        TRY_VALUE(json::Value row, row_of(finding));
        rows.push_back(std::move(row));
    }
    std::vector<Column> columns{{"ADVISORY", "/advisory", Format::id},
                                {"SEVERITY", "/severity"},
                                {"CVSS", "/cvss", Format::number, 1},
                                {"EXPLOITED", "/exploited", Format::flag},
                                {"COMPONENT", "/component"},
                                {"VERSION", "/version"},
                                {"VERDICT", "/verdict", Format::text, 3},
                                {"FIXED IN", "/fixed_in", Format::text, 2},
                                {"WHY", "/why", Format::text, 4}};
    if (result.several) columns.insert(columns.begin() + 6, {"IN", "/target"});
    shown.page(columns, rows, "Nothing known is open.");
    if (rows.size() < result.findings.size())
        shown.console->err(grouped(static_cast<long long>(rows.size())) + " of " +
                           grouped(static_cast<long long>(result.findings.size())) +
                           " shown; --limit N shows more.\n");
    return {};
}

// "there are no advisories of npm packages here (12), ...": the most frequent first.
std::string reasons_of(const Target& target, const ScanResult& result) {
    std::map<std::string_view, std::size_t> counted;
    for (const LeftOut& left : result.not_assessed)
        if (left.target == &target) ++counted[left.reason];
    std::vector<std::pair<std::string_view, std::size_t>> reasons(counted.begin(), counted.end());
    std::ranges::stable_sort(reasons, std::greater(), &std::pair<std::string_view, std::size_t>::second);
    std::string text;
    for (const auto& [reason, count] : reasons)
        text += fmt::format("{}{} ({})", text.empty() ? "" : "; ", reason, count);
    return text;
}

// How many components of a target there are, what is open in it, and of what nothing can be said.
std::string sentence_of(const Target& target, const ScanResult& result, std::uint32_t advisories) {
    std::size_t affected = 0, exploited = 0, unknown = 0, ruled_out = 0;
    for (const Finding& finding : result.findings) {
        if (finding.target != &target) continue;
        affected += finding.verdict == Verdict::affected ? 1 : 0;
        exploited += finding.verdict == Verdict::affected && finding.advisory.exploited ? 1 : 0;
        unknown += finding.verdict == Verdict::unknown ? 1 : 0;
        ruled_out += place_of(finding.verdict) == 2 ? 1 : 0;
    }
    const auto left = std::ranges::count(result.not_assessed, &target, &LeftOut::target);
    const std::string unsaid =
        left == 0 ? std::string()
                  : fmt::format(" Of {} {} nothing can be said: {}.", left,
                                left == 1 ? "component" : "components", reasons_of(target, result));
    return fmt::format(
        "{} ({}, {} {}) against {} advisories: affected by {}, {} of them exploited; of {} it cannot be "
        "told{}.{}",
        target.name, target.format, target.components.size(),
        target.components.size() == 1 ? "component" : "components", advisories, affected, exploited, unknown,
        ruled_out == 0 ? "" : fmt::format("; {} are ruled out by what their makers state", ruled_out),
        unsaid);
}

} // namespace

base::Status scan(const Shown& shown, int limit, const Scan& scan) {
    std::list<Target> targets; // findings point into it
    for (const std::string& path : scan.targets) {
        TRY_VALUE(Target target, read_target(path));
        targets.push_back(std::move(target));
    }
    for (const std::string& path : scan.vex) {
        TRY_VALUE(const Vex vex, read_vex(path));
        std::size_t used = 0;
        for (Target& target : targets) {
            TRY_VALUE(const std::size_t here, apply(vex, target));
            used += here;
        }
        if (used == 0 && vex.size() > 0)
            shown.console->err(path + ": none of its " + std::to_string(vex.size()) +
                               " statements is about a component here.\n");
    }
    TRY_VALUE(const Build build, read_build(scan.kernel_build));
    TRY_VALUE(const Advisories advisories, load_advisories(scan.advisories));
    ScanResult result;
    result.several = targets.size() > 1;
    for (const Target& target : targets)
        assess(advisories, target, build.get(), result);
    std::ranges::stable_sort(result.findings, [](const Finding& a, const Finding& b) {
        return std::pair(place_of(a.verdict), -a.points) < std::pair(place_of(b.verdict), -b.points);
    });

    if (scan.document == Document::sarif) {
        shown.console->out(scan_as_sarif(result, OAKUM_VERSION));
    } else if (scan.document == Document::cyclonedx) {
        shown.console->out(scan_as_cyclonedx(result, OAKUM_VERSION));
    } else if (shown.output == Output::json) {
        shown.console->out(scan_as_json(result));
    } else {
        for (const Target& target : targets)
            shown.sentence(sentence_of(target, result, advisories.file.size()));
        TRY(show(shown, limit, result));
    }
    for (const Target& target : targets)
        for (const std::string& note : target.notes)
            shown.console->err(printable(note) + ".\n");
    shown.console->err(left_out_line(advisories));
    shown.console->err(unread_line(advisories));
    const auto named = std::ranges::count_if(
        result.findings, [&](const Finding& finding) { return is_named(finding, scan.fail_on); });
    if (named > 0) return base::invalid(std::to_string(named) + " findings are " + said_of(scan.fail_on));
    return {};
}

base::Status assess_kernel(const Shown& shown, const std::string& number, const Scan& scan) {
    TRY_VALUE(const Build build, read_build(scan.kernel_build));
    TRY_VALUE(const Advisories advisories, load_advisories(scan.advisories));
    component::Component kernel;
    kernel.kind = component::Kind::kernel;
    kernel.name = "linux";
    kernel.version = number;
    advisory::Platform platform(std::span(&kernel, 1));
    platform.set_kernel_build(build.get());
    std::string out;
    for (const advisory::ComponentVerdict& each :
         advisory::match(advisories.file, kernel, platform, advisory::Detail::everything))
        out += fmt::format("{}\t{}\n", advisories.file.id(each.advisory), word_of(each.verdict));
    shown.console->out(out);
    if (const auto why = advisory::why_not_assessed(advisories.file, kernel, platform); !why.empty())
        shown.console->err(fmt::format("{}: not assessed: {}.\n", printable(number), why));
    if (const auto branch = version::kernel_branch(number); !out.empty() && !branch.empty())
        shown.console->err(
            fmt::format("{} is a vendor's branch: what it repaired by itself its version does not "
                        "tell, so \"affected\" is to be triaged.\n",
                        printable(branch)));
    shown.console->err(left_out_line(advisories));
    shown.console->err(unread_line(advisories));
    return {};
}

base::Status compile_feeds(const Shown& shown, const std::vector<std::string>& paths, const std::string& to) {
    if (!to.ends_with(".oadb"))
        return base::invalid("a file of compiled advisories is called .oadb").at("to");
    TRY_VALUE(const Advisories advisories, load_advisories(paths));
    // Beside it first, so that a scan never opens half of one.
    const std::string fresh = to + ".new";
    std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
    file.write(reinterpret_cast<const char*>(advisories.bytes.data()),
               static_cast<std::streamsize>(advisories.bytes.size()));
    file.close();
    std::error_code failed;
    if (file) std::filesystem::rename(fresh, to, failed);
    if (!file || failed) {
        std::filesystem::remove(fresh, failed);
        return base::unavailable("cannot write " + to);
    }
    shown.console->out(fmt::format("{}: {} advisories, {} bytes.\n", printable(to), advisories.file.size(),
                                   advisories.bytes.size()));
    shown.console->err(left_out_line(advisories));
    shown.console->err(unread_line(advisories));
    return {};
}

} // namespace oakum::cli
