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

void add_lwm2m(Builder& builder) {
    NewLwm2m& given = builder.given.lwm2m;
    CLI::App* add = builder.noun("lwm2m")->add_subcommand(
        "add", "name a device before it comes: makes its key, and shows identity and key this once");
    add->add_option("endpoint", given.endpoint, "how the device calls itself (ep)")->required();
    add->add_option("--identity", given.identity, "by which DTLS knows it; without it, the endpoint");
    add->add_option("--group", given.group, "the group that it joins: id or name");
    add->add_option("--key-file", given.key_file,
                    "a file with the key that it holds already, in hexadecimal digits; - asks for it")
        ->type_name("FILE");
    add->add_flag(
        "--without-security", given.without_key,
        "no key: whoever says this name is believed, over plain CoAP, where oakumd listens for that");
    builder.does(add, [&given](const Flow& flow) { return add_lwm2m_endpoint(flow, given); });
}

} // namespace oakum::cli
