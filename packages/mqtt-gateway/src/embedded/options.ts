import { z } from 'zod';

export interface EmbeddedBrokerOptions {
  /** Address to listen on. @default '127.0.0.1' */
  readonly host?: string | undefined;
  /** 0 takes any free one. @default 1883 */
  readonly port?: number | undefined;
  /** Who may connect; anyone who can reach it when absent. */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Clients at a time, without the owner's own connection. @default 100 */
  readonly maxConnections?: number | undefined;
  /** Bytes of a message from a client; the owner's own has no limit. @default 2 MiB */
  readonly maxPacket?: number | undefined;
  /** Bytes of the retained messages of all clients together, of which one address gets half; the owner's own come beside them. @default 16 MiB */
  readonly maxRetained?: number | undefined;
}

const MIB = 1_048_576;

export const embeddedSchema = z
  .strictObject({
    host: z.string().min(1).default('127.0.0.1'),
    port: z.int().min(0).max(65_535).default(1883),
    user: z.string().min(1).optional(),
    password: z.string().min(1).optional(),
    maxConnections: z.int().min(1).max(10_000).default(100),
    maxPacket: z
      .int()
      .min(1024)
      .max(256 * MIB)
      .default(2 * MIB),
    maxRetained: z
      .int()
      .min(1024)
      .default(16 * MIB),
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), 'user and password go together');

export type EmbeddedBrokerSettings = z.output<typeof embeddedSchema>;
