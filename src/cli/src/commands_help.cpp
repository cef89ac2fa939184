// SPDX-License-Identifier: Apache-2.0
#include "command_builder.hpp"
#include "query_reference.hpp"
#include "topics.hpp"

namespace oakum::cli {

void add_help(Builder& builder) {
    Given& given = builder.given;
    CLI::App* help =
        builder.app.add_subcommand("help", "the commands of a topic, and the document that says more");
    help->add_option("topic", given.text, "one of those that 'oakum help' lists");
    builder.on(help,
               [&session = builder.session, &given] { return show_topic(session.shown(), given.text); });

    CLI::App* fields =
        builder.noun("query")->add_subcommand("fields", "what a query can ask, with an example each");
    builder.on(fields, [&session = builder.session] { return show_query_fields(session.shown()); });
}

} // namespace oakum::cli
