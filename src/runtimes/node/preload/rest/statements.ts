/** Reads a module as it would be evaluated, without running it. */
import { parse } from 'acorn';
import type { Node, Program, Statement, VariableDeclaration } from 'acorn';
import { KnownCalls } from './calls.ts';
import { Expressions, functionOf } from './expressions.ts';
import { helpers } from './harmless.ts';
import { Looks } from './seen.ts';
import type { Needs } from './seen.ts';
import { either, plain, Scope, waits, Waits } from './values.ts';
import type { Made, Value } from './values.ts';

/** `code`: of a CommonJS module, as it is compiled. A text: why it has to be evaluated in the app's own order. */
export function needsOf(code: string): Needs | string {
  try {
    const program = parse(code, {
      ecmaVersion: 'latest',
      sourceType: 'script',
      allowReturnOutsideFunction: true,
      allowHashBang: true,
    });
    const looks = new Looks();
    new Statements(looks).program(program);
    return looks;
  } catch (error) {
    if (error instanceof Waits || error instanceof SyntaxError) return error.message;
    throw error;
  }
}

class Statements {
  private readonly expressions: Expressions;

  constructor(looks: Looks) {
    this.expressions = new Expressions(looks);
    this.expressions.calls = new KnownCalls(this.expressions, (called, args) => this.run(called, args));
  }

  program({ body }: Program): void {
    this.block(body as readonly Statement[], new Scope());
  }

  /** `isInner`: `var` and functions go out of it, which few do at the top of a module. */
  private block(body: readonly Statement[], scope: Scope, isInner = false): Value | undefined {
    for (const one of body) {
      if (
        isInner &&
        (one.type === 'FunctionDeclaration' || (one.type === 'VariableDeclaration' && one.kind === 'var'))
      )
        return waits('declares in a block');
      this.declare(one, scope);
    }
    let result: Value | undefined;
    for (const one of body) {
      const returned = this.statement(one, scope);
      if (returned !== undefined) result = either(result, returned);
    }
    return result;
  }

  /** Functions are there from the begin on; so are the names of others. */
  private declare(node: Statement, scope: Scope): void {
    switch (node.type) {
      case 'FunctionDeclaration':
        scope.declare(node.id.name);
        scope.assign(
          node.id.name,
          helpers.has(node.id.name) ? helper(node.id.name) : functionOf(node, scope),
        );
        return;
      case 'ClassDeclaration':
        scope.declare(node.id.name);
        return;
      case 'VariableDeclaration':
        for (const { id } of node.declarations) for (const name of namesIn(id)) scope.declare(name);
        return;
      default:
        return;
    }
  }

  /** Returns what it returns, if it does. */
  private statement(node: Statement, scope: Scope): Value | undefined {
    switch (node.type) {
      case 'EmptyStatement':
      case 'FunctionDeclaration':
        return undefined;
      case 'ExpressionStatement':
        this.expressions.value(node.expression, scope);
        return undefined;
      case 'ClassDeclaration':
        scope.assign(node.id.name, this.expressions.classOf(node, scope));
        return undefined;
      case 'VariableDeclaration':
        this.variables(node, scope);
        return undefined;
      case 'BlockStatement':
        return this.block(node.body, new Scope(scope), true);
      case 'IfStatement': {
        this.expressions.value(node.test, scope);
        const one = this.branch(node.consequent, scope);
        const other = node.alternate ? this.branch(node.alternate, scope) : undefined;
        return other === undefined ? one : either(one, other);
      }
      case 'ReturnStatement':
        if (this.expressions.depth === 0) waits('returns');
        return node.argument ? this.expressions.value(node.argument, scope) : plain;
      default:
        return waits(node.type);
    }
  }

  private branch(node: Statement, scope: Scope): Value | undefined {
    return node.type === 'BlockStatement'
      ? this.statement(node, scope)
      : this.block([node], new Scope(scope), true);
  }

  private variables({ declarations, kind }: VariableDeclaration, scope: Scope): void {
    if (!/^(?:var|let|const)$/.test(kind)) waits(kind);
    for (const { id, init } of declarations) {
      if (init === null || init === undefined) continue;
      if (id.type === 'Identifier' && helpers.has(id.name)) scope.assign(id.name, helper(id.name));
      else this.expressions.bind(id, this.expressions.value(init, scope), scope);
    }
  }

  private run({ code, scope: outer }: Made, args: readonly Value[]): Value {
    if (code === undefined || code.async || code.generator) return waits('calls what goes on later');
    const scope = new Scope(outer);
    code.params.forEach((param, i) => {
      for (const name of namesIn(param)) scope.declare(name);
      this.expressions.bind(param, args[i] ?? plain, scope);
    });
    if (code.body.type !== 'BlockStatement') return this.expressions.value(code.body, scope);
    return this.block(code.body.body, scope) ?? plain;
  }
}

function helper(name: string): Value {
  return { kind: 'helper', name };
}

function namesIn(pattern: Node): string[] {
  const node = pattern as Node & {
    readonly name?: string;
    readonly properties?: readonly { readonly value?: Node; readonly argument?: Node }[];
    readonly left?: Node;
    readonly argument?: Node;
  };
  if (node.type === 'Identifier') return node.name === undefined ? [] : [node.name];
  if (node.left !== undefined) return namesIn(node.left);
  if (node.argument !== undefined) return namesIn(node.argument);
  return (node.properties ?? []).flatMap(({ value, argument }) => namesIn(value ?? argument ?? pattern));
}
