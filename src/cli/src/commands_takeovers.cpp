// SPDX-License-Identifier: Apache-2.0
#include "command_builder.hpp"

namespace oakum::cli {

void add_takeovers(Builder& builder) {
    HawkbitImport& wish = builder.given.hawkbit;
    CLI::App* hawkbit = builder.noun("import")->add_subcommand(
        "hawkbit", "take a fleet over from a running hawkBit: targets and attributes, filters, distribution "
                   "sets and files");
    hawkbit->add_option("url", wish.url, "https://HOST[:PORT] of its Management API")->required();
    hawkbit
        ->add_option("--credentials", wish.credentials,
                     "a file with USER:PASSWORD; without one, OAKUM_HAWKBIT_CREDENTIALS")
        ->check(CLI::ExistingFile);
    hawkbit->add_option("--folder", wish.folder, "where what was read is kept, to go on from")->required();
    hawkbit->add_option("--model", wish.models,
                        "for which models distribution sets are that no target has; may be given again");
    hawkbit
        ->add_option("--ca", wish.authorities,
                     "certificates of authorities that are trusted beside the machine's")
        ->check(CLI::ExistingFile);
    hawkbit->add_flag("--allow-private", wish.own_addresses,
                      "addresses of this machine and of private networks too, also without TLS");
    builder.does(hawkbit, [&wish](const Flow& flow) { return import_hawkbit(flow, wish); });
}

} // namespace oakum::cli
