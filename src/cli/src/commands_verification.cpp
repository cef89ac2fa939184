// SPDX-License-Identifier: Apache-2.0
#include "command_builder.hpp"

namespace oakum::cli {

void add_verification(Builder& builder) {
    SummaryWish& wish = builder.given.summary;
    CLI::App* summary = builder.noun("release")->add_subcommand(
        "summary", "what this server vouches for, of a published release: signed, for oakum verify");
    summary->add_option("id", wish.release, "its id or its name")->required();
    summary->add_option("--file", wish.file, "write it into this new file");
    summary->add_option("--key-file", wish.key_file, "and the key that it is signed with into this one");
    builder.does(summary, [&wish](const Flow& flow) { return get_summary(flow, wish); });

    Verification& verification = builder.given.verification;
    CLI::App* verify = builder.app.add_subcommand(
        "verify", "whether somebody who looked at a file vouches for it, without a server");
    verify->add_option("file", verification.file, "the file that devices install")
        ->required()
        ->check(CLI::ExistingFile);
    verify
        ->add_option("--summary", verification.summary_file,
                     "a verification summary (SLSA) in a DSSE envelope, as oakum release summary writes it")
        ->required()
        ->check(CLI::ExistingFile);
    verify
        ->add_option("--key", verification.key_file,
                     "the public key in PEM, from who vouches: never from where the file is from")
        ->required()
        ->check(CLI::ExistingFile);
    verify->add_option("--release", verification.release,
                       "it has to be about this release: NAME@VERSION, or a package URL");
    verify->add_option("--require", verification.required,
                       "what has to have been verified: a check, such as approval, or a level, such as "
                       "SLSA_BUILD_LEVEL_1; may be given again");
    verify->add_option("--verifier", verification.verifier,
                       "in whose name it has to be, as a URI; unless told, the key's own, as Oakum's are");
    builder.on(verify, [&session = builder.session, &verification] {
        return verify_artifact(session.shown(), verification);
    });
}

} // namespace oakum::cli
