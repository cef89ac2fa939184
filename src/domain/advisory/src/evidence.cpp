// SPDX-License-Identifier: Apache-2.0
#include "evaluate.hpp"
#include "layout.hpp"
#include "route.hpp"

#include <advisory/match.hpp>
#include <version/version.hpp>

namespace oakum::advisory {

using namespace layout;
using Reader = AdvisoryFile::Reader;

namespace {

// A configuration speaks of many products; the one that was judged is the component's.
std::string name_of(const Reader& reader, const Rule& rule, const component::Component& component) {
    auto name = reader.string(rule.name);
    if (rule.kind == RuleKind::configuration) {
        if (const auto subject = subject_of(component); subject.cpe)
            return (*subject.cpe)[component::CpeField::product].plain();
        name = name.substr(name.rfind(':') + 1); // "cpe:a:vendor:product"
    }
    return name.empty() ? component.name : std::string(name);
}

std::string range_text(const Reader& reader, const Range& range) {
    if ((range.flags & unreadable) != 0)
        return "versions \"" + std::string(reader.string(range.low_text)) + "\" to \"" +
               std::string(reader.string(range.high_text)) + "\"";
    if (range.low_text != 0 && range.low_text == range.high_text)
        return "version " + std::string(reader.string(range.low_text));
    std::string text;
    if (range.low_key != 0)
        text.append(" from ")
            .append(reader.string(range.low_text))
            .append((range.flags & low_inclusive) != 0 ? "" : " (not included)");
    if (range.high_text != 0)
        text.append((range.flags & high_inclusive) != 0 ? " up to and including " : " before ")
            .append(reader.string(range.high_text));
    return text.empty() ? "every version" : text.substr(1);
}

// " of module virt:rhel or virt-devel:rhel" of lines.
std::string module_text(std::string_view lines) {
    std::string text;
    while (lines.size() > 1) {
        lines.remove_prefix(1);
        const auto end = std::min(lines.find('\n'), lines.size());
        text.append(text.empty() ? " of module " : " or ").append(lines.substr(0, end));
        lines.remove_prefix(end);
    }
    return text.empty() ? " of a module that is not named" : text;
}

std::string rule_text(const Reader& reader, const Rule& rule, std::uint32_t hit, Reason reason,
                      const component::Component& component) {
    auto text = name_of(reader, rule, component);
    if (rule.kind == RuleKind::package && rule.extra != 0)
        text.append(" (").append(reader.string(rule.extra)).append(")");
    if (rule.kind == RuleKind::package && rule.files != 0)
        text.append(module_text(reader.string(rule.files)));
    if (rule.kind == RuleKind::package && reason == Reason::version_in_range && rule.note != 0)
        text.append(" [").append(reader.string(rule.note)).append("]");
    if (reason == Reason::code_not_built) {
        auto files = std::string(reader.string(rule.files));
        if (!files.empty()) files.pop_back();
        for (auto at = files.find('\n'); at != std::string::npos; at = files.find('\n', at))
            files.replace(at, 1, ", ");
        return text.append(" in ").append(files);
    }
    if ((hit & exact_hit) != 0)
        return text.append(" version ").append(reader.string(reader.at<Exact>((hit & ~exact_hit) - 1).text));
    if (rule.kind == RuleKind::android && hit != 0)
        return text.append(" before the patch level ")
            .append(reader.string(reader.at<Range>(hit - 1).high_text));
    if (hit != 0) text.append(" ").append(range_text(reader, reader.at<Range>(hit - 1)));
    if (rule.kind == RuleKind::stated && rule.note != 0) text.append(": ").append(reader.string(rule.note));
    return text;
}

// Of a package that the table of packages names, and of a kernel whose version tells of a branch that its
// vendor keeps.
std::string identity_note(const component::Component& component) {
    const auto subject = subject_of(component);
    std::string note;
    if (subject.by_package) note = "; its package's name stands for " + subject.cpe_key;
    if (!is_linux(component, subject.cpe_key)) return note;
    const auto branch = version::kernel_branch(component.version);
    return note + (branch.empty() ? std::string()
                                  : "; a vendor's branch (" + branch +
                                        ") can have repairs that its version does not tell");
}

} // namespace

std::string_view fixed_in(const AdvisoryFile& file, const ComponentVerdict& verdict) {
    return Reader(file).string(verdict.fixed_in);
}

Evidence evidence(const AdvisoryFile& file, const component::Component& component,
                  const ComponentVerdict& verdict) {
    const Reader reader(file);
    const auto rule = reader.at<Rule>(verdict.rule);
    Evidence out;
    out.source = verdict.source;
    out.reason = verdict.reason;
    out.confidence = verdict.confidence;
    // By a statement of the set, not of a feed.
    const bool stated = verdict.rule == no_rule;
    const auto has =
        rule.kind == RuleKind::android
            ? "patch level " + (component.patch_level.empty() ? "unknown" : component.patch_level)
        : component.version.empty() ? std::string("no version")
                                    : component.version;
    if (!stated) {
        out.record = reader.string(reader.at<RecordRow>(rule.record).id);
        out.rule = rule_text(reader, rule, verdict.hit, verdict.reason, component);
        const auto scheme = rule.scheme <= static_cast<std::uint8_t>(version::Scheme::generic)
                                ? static_cast<version::Scheme>(rule.scheme)
                                : version::Scheme::generic;
        out.compared = has + " as " +
                       std::string(rule.kind == RuleKind::configuration ? std::string_view("version")
                                                                        : version::to_string(scheme));
    }
    out.fixed_in = reader.string(verdict.fixed_in);
    out.sentence = std::string(file.id(verdict.advisory)).append(" and ").append(component.name);
    if (!component.version.empty()) out.sentence.append(" ").append(component.version);
    out.sentence.append(": ")
        .append(to_string(verdict.verdict))
        .append(", since ")
        .append(to_string(verdict.reason));
    if (!stated)
        out.sentence.append(" (")
            .append(to_string(out.source))
            .append(" ")
            .append(out.record)
            .append(": ")
            .append(out.rule)
            .append(")");
    if (!out.fixed_in.empty() && verdict.verdict == Verdict::affected)
        out.sentence.append("; fixed in ").append(out.fixed_in);
    if (verdict.verdict == Verdict::affected && !stated) out.sentence.append(identity_note(component));
    out.sentence.append("; confidence ").append(to_string(verdict.confidence)).append(".");
    return out;
}

} // namespace oakum::advisory
