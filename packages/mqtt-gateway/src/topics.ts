/** Names of the topics of one framehub; all that a broker sees of it begins with the prefix. */
export class Topics {
  /** `online`, or `offline` by the will. */
  readonly available: string;

  constructor(readonly prefix: string) {
    this.available = `${prefix}/available`;
  }

  of(camera: string): CameraTopics {
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
      control: (name) => `${base}/control/${name}/state`,
    };
  }

  /** Filters for the commands of all cameras, those that come later too. */
  get commands(): readonly string[] {
    return ['snapshot/get', 'enabled/set', 'profile/set', 'control/+/set', 'frame/want'].map(
      (command) => `${this.prefix}/+/${command}`,
    );
  }

  /** Whether a topic is below the prefix, or the prefix. */
  contain(topic: string): boolean {
    return `${topic}/`.startsWith(`${this.prefix}/`);
  }

  /** What a command is about, or undefined for a topic of another kind. */
  readCommand(topic: string): CommandTopic | undefined {
    if (!topic.startsWith(`${this.prefix}/`)) return undefined;
    const [camera, ...rest] = topic.slice(this.prefix.length + 1).split('/');
    const command = rest.join('/');
    if (!camera) return undefined;
    const base = `${this.prefix}/${camera}`;
    const control = CONTROL.exec(command)?.[1];
    if (control) return { camera, kind: 'control', control, errors: `${base}/control/${control}/error` };
    const kind = KINDS[command];
    return kind && { camera, kind, errors: `${base}/${command.split('/')[0]}/error` };
  }
}

export interface CameraTopics {
  readonly base: string;
  readonly available: string;
  readonly snapshot: string;
  readonly attributes: string;
  readonly stats: string;
  readonly frame: string;
  readonly enabled: string;
  readonly profile: string;
  control(name: string): string;
}

export type CommandTopic = {
  readonly camera: string;
  /** Where errors go when the command names no topic for its answer. */
  readonly errors: string;
} & (
  | { readonly kind: 'snapshot' | 'enabled' | 'profile' | 'want' }
  | { readonly kind: 'control'; readonly control: string }
);

const KINDS: Readonly<Record<string, 'snapshot' | 'enabled' | 'profile' | 'want'>> = {
  'snapshot/get': 'snapshot',
  'enabled/set': 'enabled',
  'profile/set': 'profile',
  'frame/want': 'want',
};

/** Names as V4L2's controls have them: nothing from the wire goes into a topic of ours unread. */
const CONTROL = /^control\/([a-z0-9_]{1,64})\/set$/;
