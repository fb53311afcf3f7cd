/** Checks CloudFormation templates against the resource specification that AWS publishes. */

import { createRequire } from "node:module";
import { gunzipSync } from "node:zlib";
import type { Manifest } from "./manifest.ts";

type Type =
  | { type: "string"; allowedValues?: string[] }
  | { type: "number" | "integer" | "boolean" | "json" | "tag" | "date-time" | "null" }
  | { type: "array" | "map"; element: Type }
  | { type: "union"; types: Type[] }
  | { type: "ref"; reference: { $ref: string } };

interface Entity {
  $id: string;
  cloudFormationType?: string;
  properties: Record<string, { type: Type; required?: boolean }>;
}

interface Database {
  schema: Record<"resource" | "typeDefinition", { entities: Entity[] }>;
}

const path = createRequire(import.meta.url).resolve("@aws-cdk/aws-service-spec/db.json.gz");
const { schema }: Database = JSON.parse(
  new TextDecoder().decode(gunzipSync(Deno.readFileSync(path))),
);
const typeDefinitions = new Map(
  schema.typeDefinition.entities.map((entity) => [entity.$id, entity]),
);

const PSEUDO_PARAMETERS = ["AWS::Region", "AWS::AccountId", "AWS::StackName"];

/** @returns one line for each unknown or missing property, each wrong type, and each name that nothing has */
export function cloudFormationErrors({ Parameters = {}, Resources }: Manifest): string[] {
  const names = [...Object.keys(Parameters), ...Object.keys(Resources), ...PSEUDO_PARAMETERS];
  return Object.entries(Resources as Record<string, Manifest>).flatMap(([name, resource]) => {
    const { Type, Properties = {}, DependsOn } = resource;
    const entity = schema.resource.entities.find((one) => one.cloudFormationType === Type);
    if (!entity) return [`${name}: no schema for ${Type}`];
    const dangling = [...referencesIn(Properties), ...(DependsOn ? [DependsOn] : [])]
      .filter((reference) => !names.includes(reference));
    return [
      ...entityErrors(Properties, entity, name),
      ...dangling.map((reference) => `${name}: nothing is named ${reference}`),
    ];
  });
}

function entityErrors(value: Manifest, { properties }: Entity, path: string): string[] {
  if (!isMap(value)) return [`${path} is not a map`];
  const missing = Object.keys(properties)
    .filter((key) => properties[key]!.required && !(key in value));
  return [
    ...missing.map((key) => `${path}/${key} is missing`),
    ...Object.entries(value).flatMap(([key, child]) => {
      const property = properties[key];
      return property
        ? typeErrors(child, property.type, `${path}/${key}`)
        : [`${path}/${key} is unknown`];
    }),
  ];
}

function typeErrors(value: Manifest, type: Type, path: string): string[] {
  if (isIntrinsic(value)) return [];
  const wrong = [`${path} is ${JSON.stringify(value)}, not of type ${type.type}`];
  switch (type.type) {
    case "string":
      if (typeof value !== "string") return wrong;
      return type.allowedValues?.includes(value) === false ? wrong : [];
    case "integer":
      return Number.isInteger(value) ? [] : wrong;
    case "number":
      return typeof value === "number" ? [] : wrong;
    case "boolean":
      return typeof value === "boolean" ? [] : wrong;
    case "array":
      return Array.isArray(value)
        ? value.flatMap((entry, index) => typeErrors(entry, type.element, `${path}/${index}`))
        : wrong;
    case "map":
      return isMap(value)
        ? Object.entries(value).flatMap(([key, child]) =>
          typeErrors(child, type.element, `${path}/${key}`)
        )
        : wrong;
    case "union": {
      const errors = type.types.map((one) => typeErrors(value, one, path));
      return errors.some((lines) => lines.length === 0) ? [] : errors[0] ?? wrong;
    }
    case "ref":
      return entityErrors(value, typeDefinitions.get(type.reference.$ref)!, path);
    case "json":
      return isMap(value) ? [] : wrong;
    default:
      return [`${path} has a type that this check does not know: ${type.type}`];
  }
}

/** A value that is known only when the stack is made. */
function isIntrinsic(value: Manifest): boolean {
  return isMap(value) && Object.keys(value).length === 1 &&
    /^(Ref|Fn::\w+)$/.test(Object.keys(value)[0]!);
}

function isMap(value: unknown): value is Record<string, Manifest> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The names that `Ref`, `Fn::GetAtt` and `Fn::Sub` ask for. */
function referencesIn(value: Manifest): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    if (key === "Ref") return [child as string];
    if (key === "Fn::GetAtt") return [(child as string).split(".")[0]!];
    if (key === "Fn::Sub") {
      return [...(child as string).matchAll(/\$\{(\w+(?:::\w+)?)/g)].map(([, name]) => name!);
    }
    return referencesIn(child);
  });
}
