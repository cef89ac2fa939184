// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/software.hpp>

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace oakum::fleet {

// With the next upgrade, whatever it is.
inline const std::shared_ptr<const DeadlineBook>& no_deadlines() {
    static const auto book = std::make_shared<const DeadlineBook>();
    return book;
}

inline const DecisionScopes& no_scopes() {
    static const auto none = std::make_shared<const std::vector<Selection>>();
    return none;
}

struct Software::Tenant {
    struct Finding {
        std::uint32_t advisory = 0, component = 0;
        ports::Verdict verdict = ports::Verdict::unknown;
        std::uint16_t decision = 0; // its place in `decisions`
        std::uint32_t reason = 0;
        base::TimePoint from{};
    };
    struct Set {
        SetId id;
        std::uint32_t of = 0, on = 0;                // a subject: the set, and the one beneath it
        std::uint32_t last_on = 0, last_subject = 0; // a set: what it was named on last, most often always
        bool known = false;                          // its row was applied; it may be named before
        bool alone = false;                          // a device has it with nothing beneath
        bool unassessed = false;                     // a subject: nothing in it could be assessed
        ports::Layer layer = ports::Layer::base;
        std::vector<std::uint32_t> components;
        std::vector<component::Statement> statements;
        std::string origin;
        std::vector<Finding> findings; // open ones
        bool beneath = false;          // another lies on it
        // Then its components by the hash of name and version: what lies on it and is named so counts here
        // alone, where its maker's statements stand.
        std::vector<std::pair<std::uint64_t, std::uint32_t>> covers;
    };

    // Numbers begin at 1. The table holds them alone, and finds them by the keys that they stand for.
    template <class Key> class Numbers {
      public:
        std::vector<Key> keys{Key{}};
        std::uint32_t get(const Key& key) {
            const std::size_t place = place_of(key);
            if (table_[place] != 0) return table_[place];
            const auto number = static_cast<std::uint32_t>(keys.size());
            table_[place] = number;
            keys.push_back(key);
            if (keys.size() * 2 > table_.size()) grow();
            return number;
        }
        std::uint32_t find(const Key& key) const { return table_[place_of(key)]; }

      private:
        std::size_t place_of(const Key& key) const {
            std::size_t at = std::hash<Key>{}(key)*kSpread >> shift_;
            while (table_[at] != 0 && !(keys[table_[at]] == key))
                at = (at + 1) & (table_.size() - 1);
            return at;
        }
        void grow() {
            table_.assign(table_.size() * 2, 0);
            --shift_;
            for (std::uint32_t number = 1; number < keys.size(); ++number)
                table_[place_of(keys[number])] = number;
        }
        static constexpr std::uint64_t kSpread = 0x9E3779B97F4A7C15ULL;
        unsigned shift_ = 64 - 4;
        std::vector<std::uint32_t> table_ = std::vector<std::uint32_t>(16);
    };
    // A set, and what lies beneath it.
    struct Pair {
        std::uint32_t set = 0, on = 0;
        bool operator==(const Pair&) const = default;
        struct Hash {
            std::size_t operator()(Pair pair) const {
                return (std::uint64_t{pair.set} << 32U | pair.on) * 0x9E3779B97F4A7C15ULL;
            }
        };
    };

    Numbers<ComponentId> component_numbers;
    std::vector<std::optional<component::Component>> components{std::nullopt};
    std::vector<std::uint64_t> hashes{0};   // of name and version, by number of the component
    std::unordered_set<std::uint32_t> late; // components of sets that something lies on, not applied yet
    Numbers<SetId> set_numbers;
    std::vector<Set> sets{Set{}};
    Numbers<std::string> advisories, reasons;
    std::vector<bool> kev;                    // by number of the advisory
    std::vector<std::optional<Deadline>> due; // `book->count` of each advisory
    std::shared_ptr<const DeadlineBook> book = no_deadlines();
    std::set<std::string> exploited;
    // What was decided, each once; the first: nothing. And of which findings of a set, also of those to come.
    struct Decided {
        std::uint32_t advisory = 0, component = 0;
        std::uint16_t decision = 0;
        bool operator<(const Decided& other) const {
            return std::pair(advisory, component) < std::pair(other.advisory, other.component);
        }
    };
    DecisionScopes scopes = no_scopes();
    std::vector<Decision> decisions{Decision()};
    std::unordered_map<std::uint32_t, std::vector<Decided>> decided; // in their order
    std::unordered_map<Pair, std::uint32_t, Pair::Hash> subjects;

    std::uint32_t component_number(ComponentId id) {
        const std::uint32_t number = component_numbers.get(id);
        if (number >= components.size()) {
            components.resize(number + 1);
            hashes.resize(number + 1);
        }
        return number;
    }
    std::uint32_t set_number(SetId id) {
        const std::uint32_t number = set_numbers.get(id);
        if (number >= sets.size()) sets.emplace_back().id = id;
        return number;
    }
    Set& set(SetId id) { return sets[set_number(id)]; }
    void put_due(std::size_t number, const std::string& advisory) {
        due.resize((number + 1) * book->count);
        DeadlinesOf of = book->of ? book->of(advisory) : DeadlinesOf();
        of.resize(book->count);
        std::move(of.begin(), of.end(), due.begin() + static_cast<std::ptrdiff_t>(number * book->count));
    }
    std::uint32_t advisory_number(const std::string& id) {
        const std::uint32_t number = advisories.get(id);
        if (number >= kev.size()) {
            kev.resize(number + 1);
            kev[number] = exploited.contains(id);
            put_due(number, id);
        }
        return number;
    }
    void put(ComponentId id, const component::Component& component) {
        const std::uint32_t number = component_number(id);
        if (components[number]) return;
        components[number] = component;
        hashes[number] =
            std::hash<std::string>{}(component.name) * 31 + std::hash<std::string>{}(component.version);
        if (late.erase(number) == 0) return;
        for (Set& set : sets)
            if (set.beneath &&
                std::find(set.components.begin(), set.components.end(), number) != set.components.end())
                cover(set);
    }
    void cover(Set& set) {
        set.covers.clear();
        for (const std::uint32_t number : set.components)
            if (components[number])
                set.covers.emplace_back(hashes[number], number);
            else
                late.insert(number);
        std::sort(set.covers.begin(), set.covers.end());
    }
    // Whether a finding of a layer is not the business of what lies beneath it.
    bool counts(const Set& set, const Finding& finding) const {
        const auto& component = components[finding.component];
        if (set.of == 0 || !component) return true;
        const auto& beneath = sets[set.on].covers;
        const std::uint64_t hash = hashes[finding.component];
        for (auto at = std::lower_bound(beneath.begin(), beneath.end(), std::pair(hash, std::uint32_t{0}));
             at != beneath.end() && at->first == hash; ++at)
            if (components[at->second]->name == component->name &&
                components[at->second]->version == component->version)
                return false;
        return true;
    }
    const Set* find(SetId id) const {
        const std::uint32_t number = set_numbers.find(id);
        return number == 0 || !sets[number].known ? nullptr : &sets[number];
    }
    void put(const ports::SetFindingRow& row) {
        Set& target = set(row.set);
        const std::uint32_t advisory = advisory_number(row.advisory),
                            component = component_number(row.component);
        auto& findings = target.findings;
        const auto at = std::find_if(findings.begin(), findings.end(), [&](const Finding& finding) {
            return finding.advisory == advisory && finding.component == component;
        });
        if (row.to) {
            if (at != findings.end() && at->from == row.from) findings.erase(at);
            return;
        }
        const Finding finding{advisory,
                              component,
                              row.verdict,
                              decision_of(set_numbers.find(row.set), advisory, component),
                              reasons.get(row.reason),
                              row.from};
        if (at == findings.end())
            findings.push_back(finding);
        else
            *at = finding;
    }
    std::uint16_t decision_of(std::uint32_t set, std::uint32_t advisory, std::uint32_t component) const {
        const auto of = decided.find(set);
        if (of == decided.end()) return 0;
        const Decided wanted{advisory, component, 0};
        const auto at = std::lower_bound(of->second.begin(), of->second.end(), wanted);
        return at != of->second.end() && !(wanted < *at) ? at->decision : std::uint16_t{0};
    }
    // The number of a decision; 0, as if nothing was decided, when there are too many of them.
    std::uint16_t decision_number(const Decision& decision);
    void decide(const DecidedFindings& of);

    bool is_empty(const Set& set) const {
        return set.unassessed || (set.of == 0 ? set : sets[set.of]).components.empty();
    }
    // What a set or a finding says to queries.
    device::Truth component_truth(const Set& set, const device::Term& term) const;
    bool is_asked(const Finding& finding, const device::Term& term) const;
    Overdue overdue(const Finding& finding, base::TimePoint now, std::size_t of_class) const;
};

} // namespace oakum::fleet
