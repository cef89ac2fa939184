// SPDX-License-Identifier: Apache-2.0
#include <plan_files/plan_files.hpp>

#include <json/parse.hpp>
#include <json/writer.hpp>
#include <rollout/pace.hpp>
#include <rollout/place.hpp>

#include <algorithm>
#include <charconv>
#include <regex>

namespace oakum::plan_files {
namespace {

using yaml::Mark;
using yaml::Node;
using yaml::Wrong;

constexpr std::size_t kMostProblems = 50;

std::string quoted(std::string_view text) {
    std::string out;
    json::append_quoted(out, text.size() > 60 ? std::string(text.substr(0, 60)) + "..." : text);
    return out;
}
// "a, b or c"
std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
    return text;
}
std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(
        std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}
std::int64_t number_in(const json::Value& schema, std::string_view name, std::int64_t fallback) {
    const auto found = schema.find(name);
    return found ? found->as_int().value_or(fallback) : fallback;
}
std::string text_in(const json::Value& schema, std::string_view name) {
    const auto found = schema.find(name);
    return found ? std::string(found->text()) : std::string();
}

// Goes over the schema and a document at once, and writes what it finds as JSON.
class Checker {
  public:
    Checker(const json::Value& root, std::vector<Wrong>& problems,
            std::map<std::string, Mark, std::less<>>& places, json::Writer& writer)
        : root_(root), problems_(problems), places_(places), w_(writer) {}

    json::Value resolved(json::Value schema) const {
        if (const auto reference = schema.find("$ref")) {
            constexpr std::string_view kDefinitions = "#/$defs/";
            std::string_view name = reference->text();
            name.remove_prefix(std::min(name.size(), kDefinitions.size()));
            if (const auto found = root_.find("$defs")->find(name)) return *found;
        }
        return schema;
    }

    void value(const json::Value& written, const Node& node, const std::string& pointer,
               const std::string& name) {
        const json::Value schema = resolved(written);
        places_.emplace(pointer, node.mark);
        const std::string type = text_in(schema, "type");
        if (type == "object")
            object(schema, node, pointer, name);
        else if (type == "array")
            array(schema, node, pointer, name);
        else if (node.kind != Node::Kind::scalar)
            refuse(node.mark,
                   name + " is one value, not a " +
                       (node.kind == Node::Kind::sequence ? "list" : "mapping of names to values"));
        else if (type == "integer")
            integer(schema, node, name);
        else if (type == "boolean")
            boolean(node, name);
        else
            text(schema, node, name);
    }

  private:
    // Something is written in its place, so that what is around it can be looked at too.
    void refuse(Mark mark, std::string what) {
        note(mark, std::move(what));
        w_.null();
    }
    void note(Mark mark, std::string what) { problems_.push_back({mark, std::move(what)}); }

    void object(const json::Value& schema, const Node& node, const std::string& pointer,
                const std::string& name) {
        const json::Value properties = *schema.find("properties");
        if (node.kind != Node::Kind::mapping) {
            const auto needed = schema.find("required");
            return refuse(node.mark, name + " is a mapping: lines such as \"" +
                                         std::string(needed ? needed->items().begin()->text()
                                                            : properties.items().begin()->key()) +
                                         ": ...\", indented below it");
        }
        for (const Node::Name& each : node.names)
            if (!properties.find(each.text)) {
                std::vector<std::string> known;
                for (const json::Value& property : properties.items())
                    known.emplace_back(property.key());
                note(each.mark, name + " has no " + quoted(each.text) + "; it has " + listed(known));
            }
        w_.begin_object();
        for (const json::Value& property : properties.items()) {
            const std::string key(property.key());
            if (const Node* found = node.find(key)) {
                w_.key(key);
                value(property, *found, pointer + "/" + key, "\"" + key + "\"");
            } else if (const auto otherwise = property.find("default")) {
                w_.key(key).raw(otherwise->source());
            } else if (required(schema, key)) {
                const std::string about = text_in(resolved(property), "description");
                note(node.mark, name + " needs \"" + key + "\"" + (about.empty() ? "" : ": " + about));
            }
        }
        w_.end_object();
    }
    static bool required(const json::Value& schema, std::string_view key) {
        const auto list = schema.find("required");
        if (!list) return false;
        for (const json::Value& each : list->items())
            if (each.text() == key) return true;
        return false;
    }

    void array(const json::Value& schema, const Node& node, const std::string& pointer,
               const std::string& name) {
        if (node.kind != Node::Kind::sequence)
            return refuse(node.mark, name + " is a list: each of its lines begins with \"- \", or [a, b]");
        const auto fewest = static_cast<std::size_t>(number_in(schema, "minItems", 0));
        const auto most = static_cast<std::size_t>(number_in(schema, "maxItems", 1'000));
        if (node.items.size() < fewest || node.items.size() > most)
            return refuse(node.mark, name + " has " + std::to_string(fewest) + " to " + std::to_string(most) +
                                         " items, not " + std::to_string(node.items.size()));
        w_.begin_array();
        for (std::size_t i = 0; i < node.items.size(); ++i)
            value(*schema.find("items"), node.items[i], pointer + "/" + std::to_string(i),
                  "an item of " + name);
        w_.end_array();
    }

    void integer(const json::Value& schema, const Node& node, const std::string& name) {
        const std::int64_t least = number_in(schema, "minimum", 0);
        const std::int64_t most = number_in(schema, "maximum", std::numeric_limits<std::int64_t>::max());
        const std::string wanted =
            name + " is a whole number from " + std::to_string(least) + " to " + std::to_string(most);
        std::int64_t number = 0;
        const char* const end = node.text.data() + node.text.size();
        const auto [stopped, error] = std::from_chars(node.text.data(), end, number);
        // As JSON writes it: what YAML reads as octal, as a time or with underscores is no number here.
        if (error != std::errc() || stopped != end || node.text != std::to_string(number))
            return refuse(node.mark, wanted + ", not " + quoted(node.text));
        if (!node.plain) return refuse(node.mark, wanted + ", without quotes");
        if (number < least || number > most) return refuse(node.mark, wanted + ", not " + node.text);
        w_.value(number);
    }

    void boolean(const Node& node, const std::string& name) {
        if (!node.plain || (node.text != "true" && node.text != "false"))
            return refuse(node.mark, name + " is true or false, not " + quoted(node.text));
        w_.value(node.text == "true");
    }

    void text(const json::Value& schema, const Node& node, const std::string& name) {
        if (node.plain && (node.text.empty() || node.text == "~" || node.text == "null"))
            return refuse(node.mark,
                          name + " has no value: leave the line out" +
                              (node.text.empty() ? ", or write \"\"" : ", or put the word in quotes"));
        if (const auto words = schema.find("enum")) {
            std::vector<std::string> known;
            for (const json::Value& each : words->items()) {
                if (each.text() == node.text) return void(w_.value(node.text));
                known.push_back(each.text().empty() ? "\"\"" : std::string(each.text()));
            }
            return refuse(node.mark, name + " is " + listed(known) + ", not " + quoted(node.text));
        }
        const auto least = static_cast<std::size_t>(number_in(schema, "minLength", 0));
        const auto most = static_cast<std::size_t>(number_in(schema, "maxLength", 65'536));
        if (const std::size_t has = characters(node.text); has < least || has > most)
            return refuse(node.mark, name + " has " + std::to_string(least) + " to " + std::to_string(most) +
                                         " characters, not " + std::to_string(has));
        if (const std::string pattern = text_in(schema, "pattern");
            !pattern.empty() && !std::regex_search(node.text, std::regex(pattern)))
            return refuse(node.mark, name + " has only characters of " +
                                         pattern.substr(1, pattern.size() - 2) + ", not " +
                                         quoted(node.text));
        w_.value(node.text);
    }

    const json::Value& root_;
    std::vector<Wrong>& problems_;
    std::map<std::string, Mark, std::less<>>& places_;
    json::Writer& w_;
};

// The part of the schema for a document of that kind; otherwise the kinds that there are.
std::optional<json::Value> part_for(const json::Value& root, std::string_view kind,
                                    std::vector<std::string>& kinds) {
    for (const json::Value& reference : root.find("oneOf")->items()) {
        const std::string_view name = reference.find("$ref")->text();
        json::Value part = *root.find("$defs")->find(name.substr(name.rfind('/') + 1));
        for (const json::Value& each : part.find("properties")->find("kind")->find("enum")->items()) {
            if (each.text() == kind) return part;
            kinds.emplace_back(each.text());
        }
    }
    return std::nullopt;
}

void check_pace(const Document& document, const json::Value& within, const std::string& pointer,
                std::vector<Wrong>& problems) {
    const auto written = within.find("pace");
    if (!written) return;
    const auto number = [&](std::string_view name) {
        return static_cast<std::uint32_t>(number_in(*written, name, 0));
    };
    const rollout::Pace pace{number("max_in_flight"), number("per_minute"), number("doubles_after_minutes"),
                             number("up_to_per_minute")};
    if (const base::Status sound = rollout::check(pace); !sound.ok())
        problems.push_back({document.place(pointer + sound.error().where), sound.error().message});
}

// What the schema's words cannot say.
void check_waves(const Document& document, std::vector<Wrong>& problems) {
    check_pace(document, document.body, "/pace", problems);
    const auto waves = document.body.find("waves");
    if (!waves) return;
    std::vector<rollout::Wave> sizes;
    for (const json::Value& wave : waves->items()) {
        rollout::Wave& size = sizes.emplace_back();
        size.name = text_in(wave, "name");
        size.share_ppm = static_cast<std::uint32_t>(number_in(wave, "share_ppm", rollout::kWhole));
        size.query = text_in(wave, "query");
    }
    std::size_t at = 0;
    for (const json::Value& wave : waves->items())
        check_pace(document, wave, "/waves/" + std::to_string(at++) + "/pace", problems);
    for (const rollout::EmptyWave& empty : rollout::empty_waves(sizes))
        problems.push_back(
            {document.place("/waves/" + std::to_string(empty.wave) + "/share_ppm"), empty.why});
}

} // namespace

Mark Document::place(std::string_view pointer) const {
    for (;;) {
        if (const auto found = places.find(pointer); found != places.end()) return found->second;
        const std::size_t slash = pointer.rfind('/');
        if (slash == std::string_view::npos) return {};
        pointer = pointer.substr(0, slash);
    }
}

File read(std::string_view text) {
    File file;
    auto parsed = yaml::parse(text);
    if (auto* wrong = std::get_if<Wrong>(&parsed)) {
        file.problems.push_back(std::move(*wrong));
        return file;
    }
    const json::Value root = json::parse(schema()).value();
    std::map<std::pair<std::string, std::string>, std::size_t> lines;
    for (const Node& node : std::get<std::vector<Node>>(parsed)) {
        if (file.problems.size() >= kMostProblems) break;
        const Node* kind = node.find("kind");
        const std::string word = kind != nullptr ? kind->text : "";
        std::vector<std::string> kinds;
        const auto part = part_for(root, word, kinds);
        if (!part) {
            file.problems.push_back({kind != nullptr ? kind->mark : node.mark,
                                     "a document begins with \"kind: ...\", which is " + listed(kinds) +
                                         (kind != nullptr ? ", not " + quoted(word) : "")});
            continue;
        }
        const std::size_t before = file.problems.size();
        std::string bytes;
        json::Writer writer(bytes);
        std::map<std::string, Mark, std::less<>> places;
        Checker(root, file.problems, places, writer).value(*part, node, "", "a " + word);
        if (file.problems.size() > before) continue;
        Document document{word, node.find("name")->text, json::parse(bytes, {.max_bytes = 8 << 20}).value(),
                          std::move(places)};
        check_waves(document, file.problems);
        // Windows and freezes share their names.
        const auto [known, fresh] =
            lines.try_emplace({word == "freeze" ? "window" : word, document.name}, node.mark.line);
        if (!fresh)
            file.problems.push_back({document.place("/name"), quoted(document.name) +
                                                                  " stands in this file already, from line " +
                                                                  std::to_string(known->second) + " on"});
        file.documents.push_back(std::move(document));
    }
    std::ranges::stable_sort(file.problems, {},
                             [](const Wrong& each) { return std::pair(each.mark.line, each.mark.column); });
    if (file.problems.size() > kMostProblems) file.problems.resize(kMostProblems);
    if (file.problems.empty() && file.documents.empty())
        file.problems.push_back({{}, "there is no document in it"});
    return file;
}

} // namespace oakum::plan_files
