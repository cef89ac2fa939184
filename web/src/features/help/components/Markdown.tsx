// SPDX-License-Identifier: Apache-2.0
import { Link } from '@tanstack/react-router';
import { lexer, type Token, type Tokens } from 'marked';
import { Fragment, type ReactNode } from 'react';
import { anchorOf, linkOf } from '../model';

// HTML in a text is shown as text.
function Inline({ tokens }: { tokens: Token[] | undefined }): ReactNode {
  return tokens?.map((token, i) => <Fragment key={i}>{inline(token)}</Fragment>);
}

function inline(token: Token): ReactNode {
  switch (token.type) {
    case 'strong':
      return (
        <strong>
          <Inline tokens={token.tokens} />
        </strong>
      );
    case 'em':
      return (
        <em>
          <Inline tokens={token.tokens} />
        </em>
      );
    case 'codespan':
      return <code>{token.text}</code>;
    case 'br':
      return <br />;
    case 'escape':
      return token.text;
    case 'link': {
      const to = linkOf(token.href);
      const words = <Inline tokens={token.tokens} />;
      if (!to) return words;
      return 'outside' in to ? (
        <a href={to.outside} rel="noreferrer">
          {words}
        </a>
      ) : (
        <Link to="/help" search={{ tab: to.topic }} hash={to.part || undefined}>
          {words}
        </Link>
      );
    }
    default:
      return 'tokens' in token && token.tokens ? <Inline tokens={token.tokens} /> : plain(token);
  }
}
const plain = (token: Token) => ('text' in token ? unescaped(String(token.text)) : token.raw);
const unescaped = (text: string) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');

function Block({ token }: { token: Token }): ReactNode {
  switch (token.type) {
    case 'heading': {
      const Heading = `h${Math.min(token.depth, 4)}` as 'h1';
      return (
        <Heading id={anchorOf(token.text)}>
          <Inline tokens={token.tokens} />
        </Heading>
      );
    }
    case 'paragraph':
    case 'text':
      return (
        <p>
          <Inline tokens={token.tokens ?? [token]} />
        </p>
      );
    case 'code':
      return (
        <pre tabIndex={0}>
          <code>{token.text}</code>
        </pre>
      );
    case 'list': {
      const List = (token as Tokens.List).ordered ? 'ol' : 'ul';
      return (
        <List>
          {(token as Tokens.List).items.map((item, i) => (
            <li key={i}>{item.tokens.map((each, n) => (each.type === 'text' ? <Inline key={n} tokens={(each as Tokens.Text).tokens ?? [each]} /> : <Block key={n} token={each} />))}</li>
          ))}
        </List>
      );
    }
    case 'table': {
      const table = token as Tokens.Table;
      return (
        <div className="table" tabIndex={0} role="region" aria-label="Table">
          <table>
            <thead>
              <tr>
                {table.header.map((cell, i) => (
                  <th key={i} scope="col">
                    <Inline tokens={cell.tokens} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {table.rows.map((row, i) => (
                <tr key={i}>
                  {row.map((cell, n) => (
                    <td key={n}>
                      <Inline tokens={cell.tokens} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
    }
    case 'space':
      return null;
    default:
      return <p>{plain(token)}</p>;
  }
}

export function Markdown({ text }: { text: string }) {
  return lexer(text).map((token, i) => <Block key={i} token={token} />);
}
