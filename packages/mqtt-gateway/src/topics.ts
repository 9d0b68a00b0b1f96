/** What a command does, by the end of its MQTT topic; controls have one topic each. */
const COMMANDS = {
  'snapshot/get': 'snapshot',
  'enabled/set': 'enabled',
  'profile/set': 'profile',
  'frame/request': 'frame',
} as const;

/** V4L2's control names: nothing else of a remote client's topic goes into a topic of ours. */
const CONTROL = /^control\/([a-z0-9_]{1,64})\/set$/;

/** The MQTT topics of one framehub; all begin with its prefix. */
export class Topics {
  readonly prefix: string;
  /** `online`, or `offline` by the last will. */
  readonly available: string;

  constructor(prefix: string) {
    this.prefix = prefix;
    this.available = `${prefix}/available`;
  }

  of(camera: string) {
    const base = `${this.prefix}/${camera}`;
    return {
      base,
      available: `${base}/available`,
      snapshot: `${base}/snapshot`,
      attributes: `${base}/attributes`,
      stats: `${base}/stats`,
      frame: `${base}/frame`,
      enabled: `${base}/enabled/state`,
      profile: `${base}/profile/state`,
      control: (name: string): string => `${base}/control/${name}/state`,
    };
  }

  /** Filters for the commands of all cameras, including those added later. */
  get commands(): readonly string[] {
    return [...Object.keys(COMMANDS), 'control/+/set'].map((command) => `${this.prefix}/+/${command}`);
  }

  /** Whether a topic is the prefix or below it. */
  contain(topic: string): boolean {
    return `${topic}/`.startsWith(`${this.prefix}/`);
  }

  /** The command that a topic stands for, or undefined for any other topic. */
  readCommand(topic: string): CommandTopic | undefined {
    if (!topic.startsWith(`${this.prefix}/`)) return undefined;
    const [camera, ...rest] = topic.slice(this.prefix.length + 1).split('/');
    const command = rest.join('/');
    if (!camera) return undefined;
    const base = `${this.prefix}/${camera}`;
    const control = CONTROL.exec(command)?.[1];
    if (control) return { camera, kind: 'control', control, errors: `${base}/control/${control}/error` };
    if (!Object.hasOwn(COMMANDS, command)) return undefined;
    return { camera, kind: COMMANDS[command as keyof typeof COMMANDS], errors: `${base}/${rest[0]}/error` };
  }
}

export type CameraTopics = ReturnType<Topics['of']>;

export type CommandTopic = {
  readonly camera: string;
  /** Where errors go when the command names no response topic. */
  readonly errors: string;
} & (
  | { readonly kind: (typeof COMMANDS)[keyof typeof COMMANDS] }
  | { readonly kind: 'control'; readonly control: string }
);
